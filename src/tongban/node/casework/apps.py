"""Django's entry to the casework app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    """Cases: published services, drafts, events, tasks, timers."""

    name = "tongban.node.casework"
    verbose_name = _("办件办理")
    label = "casework"

    def ready(self) -> None:
        """Take in the steps of actions; have answers told, timers looked at, events compared with the log."""
        from tongban.node.casework import (  # noqa: PLC0415 - needs the models loaded
            actions,  # noqa: F401 - registers the steps of actions
            arrivals,
            assisting,
            correcting,
            correcting_there,
            hearing,
            keeping,
            ledger,
            lines,
            log,
            notifying,
            recounting,
            reversing,
            session,
            settling,
            sorting,
            tidings,
            timers,
            transferring,
        )
        from tongban.node.exchange import api  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.translog.stored_audit import compare_with  # noqa: PLC0415 - needs the models loaded

        compare_with(log.EVENT, log.stored_events)
        api.on_outcomes(sorting.settle)
        api.on_need(keeping.needed)
        log.on_event("settlement", "adjudicated", ledger.owe)
        log.on_event("settlement", "cleared", ledger.pay)
        log.on_event("settlement", "cleared", settling.tell_cleared)
        log.on_event("settlement", "settlement-adjudicated", ledger.owed_here)
        log.on_event("settlement", "settlement-cleared", ledger.pay)
        for name in ("reversed", "settlement-reversed"):
            log.on_event("settlement", name, ledger.reverse)
            log.on_event("settlement", name, arrivals.compare_reversed)
        for name in ("reversal-cleared", "settlement-reversal-cleared"):
            log.on_event("settlement", name, ledger.set_off)
        log.on_event("settlement", "reversed", reversing.tell_reversed)
        log.on_event("settlement", "reversal-cleared", reversing.tell_set_off)
        for kind in ("handover", "transfer", "settlement"):
            api.on_conversation(kind, hearing.heard)
        for kind in ("recognition", "credential"):
            for name in ("corrected", "reopened"):
                log.on_event(kind, name, correcting.work_out_again)
        for kind in ("handover", "transfer"):
            log.on_event(kind, "answer-corrected", correcting_there.tell_corrected)
            log.on_event(kind, "corrected", correcting_there.tell_given)
            log.on_event(kind, "not-corrected", correcting_there.tell_missing)
        log.on_event("transfer", "corrected", transferring.reckon_again)
        api.on_conversation("notice", tidings.heard)
        for form in (
            tidings.ReversalAsked,
            tidings.ReversalRefused,
            tidings.Reversed,
            tidings.ReversalCleared,
        ):
            tidings.on(form, reversing.heard)
        for asked in (tidings.LinesAsked, tidings.LineCorrected, tidings.LinesUnanswered):
            tidings.on(asked, lines.heard)
        for corrected in (
            tidings.AnswersAsked,
            tidings.AnswersLetBe,
            tidings.AnswerCorrected,
            tidings.AnswersGiven,
            tidings.AnswersMissing,
        ):
            tidings.on(corrected, correcting_there.heard)
        for helped in (tidings.IdentityChecked, tidings.CredentialShown, tidings.ApplicantLeft):
            tidings.on(helped, assisting.heard)
        for written in (tidings.LineWritten, tidings.FactProposed, tidings.FactAnswered):
            tidings.on(written, session.heard)
        tidings.on(tidings.MoneyArrived, arrivals.heard)
        every(60, timers.fire_due)
        every(3600, recounting.recount_provisional)
        every(5, notifying.send_due)
