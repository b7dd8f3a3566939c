"""Watch rules and committees; versions and notes are never changed; exactly the site's rights."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        *(
            watch(f"campaigns_{table}")
            for table in ("rule", "committee", "seat", "meeting", "attendance", "actionitem")
        ),
        refuse("campaigns_proposalversion", "UPDATE", "DELETE", "TRUNCATE", rule="version_is_never_changed"),
        refuse("campaigns_note", "UPDATE", "DELETE", "TRUNCATE", rule="note_is_never_changed"),
        *(
            refuse(f"campaigns_{table}", "DELETE", "TRUNCATE", rule=f"{table}_is_never_deleted")
            for table in ("rule", "committee", "seat", "meeting", "actionitem")
        ),
        # What a rule says is written once; only its end is added.
        migrations.RunSQL(
            """
            CREATE FUNCTION campaigns_rule_law() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.valid_until IS NOT NULL
                   OR to_jsonb(NEW) - 'valid_until' <> to_jsonb(OLD) - 'valid_until' THEN
                    RAISE EXCEPTION 'a rule is edited by a new version'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rule_is_edited_by_a_new_version';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER rule_law BEFORE UPDATE ON campaigns_rule
            FOR EACH ROW EXECUTE FUNCTION campaigns_rule_law();
            """,
            "DROP TRIGGER rule_law ON campaigns_rule; DROP FUNCTION campaigns_rule_law",
        ),
        # A committee belongs to a county.
        migrations.RunSQL(
            """
            CREATE FUNCTION campaigns_committee_law() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (SELECT kind FROM org_orgunit WHERE id = NEW.unit_id) IS DISTINCT FROM 'county' THEN
                    RAISE EXCEPTION 'unit % is no county', NEW.unit_id
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'committee_of_a_county';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER committee_law BEFORE INSERT OR UPDATE OF unit_id ON campaigns_committee
            FOR EACH ROW EXECUTE FUNCTION campaigns_committee_law();
            """,
            "DROP TRIGGER committee_law ON campaigns_committee; DROP FUNCTION campaigns_committee_law",
        ),
        allow("campaigns_proposalversion, campaigns_note", "SELECT", "INSERT"),
        allow(
            "campaigns_rule, campaigns_committee, campaigns_seat, campaigns_meeting, campaigns_actionitem",
            "SELECT", "INSERT", "UPDATE",
        ),
        allow("campaigns_attendance", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
