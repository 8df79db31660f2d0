"""Mandates for persons and enterprises; who was mandated as a representative before gets a mandate.

Nothing of a mandate changes but its end, and none is removed: the database refuses it.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

TURN_MANDATED_INTO_MANDATES = """
INSERT INTO people_mandate (id, enterprise_id, agent_id, services, valid_from, valid_until, proof, reference,
    given_at, ended_by)
SELECT gen_random_uuid(), enterprise_id, person_id, '[]', valid_from,
    coalesce(valid_until, greatest(valid_from, current_date) + 365), 'counter', '', now(), ''
FROM people_representative WHERE role = 'mandated';
DELETE FROM people_representative WHERE role = 'mandated';
"""

CREATE = """
CREATE TRIGGER kept BEFORE DELETE ON people_mandate
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER only_the_end BEFORE UPDATE ON people_mandate
    FOR EACH ROW WHEN (
        (OLD.id, OLD.person_id, OLD.enterprise_id, OLD.agent_id, OLD.services, OLD.valid_from,
         OLD.valid_until, OLD.proof, OLD.reference, OLD.given_at, OLD.given_by_id, OLD.registered_by_id)
        IS DISTINCT FROM
        (NEW.id, NEW.person_id, NEW.enterprise_id, NEW.agent_id, NEW.services, NEW.valid_from,
         NEW.valid_until, NEW.proof, NEW.reference, NEW.given_at, NEW.given_by_id, NEW.registered_by_id)
        OR OLD.ended_at IS NOT NULL
    ) EXECUTE FUNCTION tongban_refuse_change();
"""
REMOVE = "DROP TRIGGER kept ON people_mandate; DROP TRIGGER only_the_end ON people_mandate;"


class Migration(migrations.Migration):
    dependencies = [("people", "0005_withholding")]
    operations = [
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("services", models.JSONField(blank=True, default=list)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                (
                    "proof",
                    models.CharField(
                        choices=[("online", "登录后在线委托"), ("counter", "窗口核验委托书")], max_length=10
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[("giver", "委托人"), ("agent", "代办人"), ("agency", "部门")],
                        max_length=10,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_held",
                        to="people.person",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_given",
                        to="people.enterprise",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_signed",
                        to="people.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_given",
                        to="people.person",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.officer",
                    ),
                ),
            ],
            options={
                "ordering": ["-given_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("enterprise__isnull", False), ("person", None)),
                            models.Q(("enterprise", None), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="mandate_for_one",
                        violation_error_message="委托人是一个人或者一个企业，填一个",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("agent")), _negated=True),
                        name="mandate_for_another",
                        violation_error_message="代办人不能是委托人自己",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gte", models.F("valid_from"))),
                        name="mandate_ends_after_it_begins",
                        violation_error_message="止日不能早于起日",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TURN_MANDATED_INTO_MANDATES, migrations.RunSQL.noop),
        migrations.RemoveField("representative", "role"),
        migrations.RunSQL(CREATE, REMOVE),
    ]
