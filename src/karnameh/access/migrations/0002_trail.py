"""Watch changes."""

from django.db import migrations

from karnameh.plumbing.sql import APP, watch


TWO_PERSONS = f"""
CREATE FUNCTION access_two_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.user_id, OLD.unit_id, OLD.role, OLD.theme_id, OLD.granted_by_id, OLD.granted_at,
        OLD.needs_second) IS DISTINCT FROM (NEW.user_id, NEW.unit_id, NEW.role, NEW.theme_id, NEW.granted_by_id,
        NEW.granted_at, NEW.needs_second) THEN
        RAISE EXCEPTION 'a grant is never rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_is_never_rewritten';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.granted_by_id IS NULL AND current_user = '{APP}' THEN
        -- Only whoever installs Karnameh gives roles in nobody's name.
        RAISE EXCEPTION 'a grant of the site names its giver'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_names_its_giver';
    END IF;
    IF NEW.granted_by_id IS NOT NULL AND NOT NEW.needs_second
       AND (SELECT cardinality(line) FROM public.org_orgunit WHERE id = NEW.unit_id) <= 2 THEN
        RAISE EXCEPTION 'a grant above a county needs a second person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_above_a_county_needs_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION access_two_persons();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("plumbing", "0002_trail"), ("org", "0002_trail")]
    operations = [
        migrations.RunSQL(TWO_PERSONS, "DROP TRIGGER two_persons ON access_grant; DROP FUNCTION access_two_persons"),
        watch("access_grant"),
    ]
