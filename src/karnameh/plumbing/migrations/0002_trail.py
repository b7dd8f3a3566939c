"""The change trigger, the refusal trigger, the cache table and the site's rights."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse

WATCH = """
CREATE FUNCTION plumbing_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - coalesce(TG_ARGV, '{}'::text[]) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - coalesce(TG_ARGV, '{}'::text[]) END;
    key text := coalesce(new_row, old_row)->>'id';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- Only what changed: the row before can be read from the trail beneath.
        SELECT jsonb_object_agg(o.key, o.value) INTO old_row
          FROM jsonb_each(old_row) o WHERE o.value IS DISTINCT FROM new_row->o.key;
        IF old_row IS NULL THEN RETURN NULL; END IF;
        SELECT jsonb_object_agg(n.key, n.value) INTO new_row
          FROM jsonb_each(new_row) n WHERE old_row ? n.key;
    END IF;
    INSERT INTO plumbing_change (deed_id, at, "table", "row", operation, before, after)
    VALUES (nullif(current_setting('karnameh.deed', true), '')::bigint, clock_timestamp(),
            TG_TABLE_NAME, coalesce(key, ''), lower(TG_OP), old_row, new_row);
    RETURN NULL;
END $$
"""

REFUSE = """
CREATE FUNCTION plumbing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_ARGV[0];
END $$
"""

CACHE = """
CREATE UNLOGGED TABLE plumbing_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'karnameh_app') THEN
                    CREATE ROLE karnameh_app LOGIN;
                END IF;
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO karnameh_app', current_database());
            END $$
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [
                "GRANT USAGE ON SCHEMA public TO karnameh_app",
                # Tables are made by the owner; each sensitive one then takes back what it must.
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
                " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO karnameh_app",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO karnameh_app",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO karnameh_app",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO karnameh_app",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(WATCH, "DROP FUNCTION plumbing_watch"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION plumbing_refuse"),
        migrations.RunSQL(CACHE, "DROP TABLE plumbing_cache"),
        allow("plumbing_deed, plumbing_change, plumbing_personalread", "SELECT", "INSERT"),
        allow("django_migrations", "SELECT"),
        allow("plumbing_cache", "SELECT", "INSERT", "UPDATE", "DELETE"),
        refuse("plumbing_deed", "UPDATE", "DELETE", "TRUNCATE", rule="the_trail_is_append_only"),
        refuse("plumbing_change", "UPDATE", "DELETE", "TRUNCATE", rule="the_trail_is_append_only"),
        refuse("plumbing_personalread", "UPDATE", "DELETE", "TRUNCATE", rule="the_trail_is_append_only"),
    ]
