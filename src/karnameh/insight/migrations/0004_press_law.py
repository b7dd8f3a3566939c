"""Packs stay as they were issued, and hold published figures alone."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

PUBLISHED_ONLY = """
CREATE FUNCTION insight_pack_law() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM insight_figure WHERE id = NEW.figure_id AND state = 'published') THEN
        PERFORM insight_figure_refuse('pack_holds_published_figures');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law BEFORE INSERT ON insight_packfigure FOR EACH ROW EXECUTE FUNCTION insight_pack_law();
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_press")]
    operations = [
        migrations.RunSQL(PUBLISHED_ONLY, "DROP TRIGGER law ON insight_packfigure"),
        watch("insight_pack", hidden=("document",)),
        refuse("insight_pack", "UPDATE", "DELETE", "TRUNCATE", rule="pack_is_never_changed"),
        refuse("insight_packfigure", "UPDATE", "DELETE", "TRUNCATE", rule="pack_is_never_changed"),
        allow("insight_pack, insight_packfigure", "SELECT", "INSERT"),
        allow("insight_packfile", "SELECT", "INSERT", "DELETE"),
    ]
