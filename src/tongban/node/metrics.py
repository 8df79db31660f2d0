"""What a node counts, for Prometheus: messages, answers, deliveries, groups; never a person.

Labels are names of nodes, agencies and evidence types, and stable codes. Processes write into a folder that
the supervisor names in PROMETHEUS_MULTIPROC_DIR; whoever reads it adds them up.
"""

from prometheus_client import Counter, Histogram

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

RECEIVED = Counter(
    "tongban_received", "Requests of other nodes, by address and what became of them.", ["path", "outcome"]
)
ANSWER_SECONDS = Histogram(
    "tongban_answer_seconds", "From a whole request to its reply.", ["path"], buckets=_SECONDS
)
DELIVERED = Counter(
    "tongban_delivered", "Attempts to deliver to another node or agency.", ["receiver", "outcome"]
)
DEPARTMENT_SECONDS = Histogram(
    "tongban_department_seconds",
    "Reading a department's system.",
    ["agency", "evidence_type"],
    buckets=_SECONDS,
)
GROUP_SIZE = Histogram("tongban_group_size", "Answers stored in one transaction.", buckets=_SIZES)
