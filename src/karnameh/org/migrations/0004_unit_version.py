"""Every change of the units gives their tree another version, by which what was read of it is kept."""

from django.db import migrations

from karnameh.plumbing.sql import allow

VERSION = """
CREATE TABLE org_unitversion (one boolean PRIMARY KEY DEFAULT true CHECK (one), version uuid NOT NULL);
INSERT INTO org_unitversion (version) VALUES (gen_random_uuid());
CREATE FUNCTION org_units_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    present text := pg_current_xact_id()::text;
BEGIN
    -- Once in a transaction: a row that is written over ten thousand times is slow to find.
    IF coalesce(current_setting('karnameh.units_changed', true), '') <> present THEN
        UPDATE org_unitversion SET version = gen_random_uuid();
        PERFORM set_config('karnameh.units_changed', present, true);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON org_orgunit
    FOR EACH STATEMENT EXECUTE FUNCTION org_units_change()"""


class Migration(migrations.Migration):
    dependencies = [("org", "0003_closed_units")]
    operations = [
        migrations.RunSQL(
            VERSION,
            "DROP TRIGGER changes ON org_orgunit; DROP FUNCTION org_units_change; DROP TABLE org_unitversion",
        ),
        allow("org_unitversion", "SELECT"),
    ]
