"""Watch the dictionary; an indicator's meaning never changes under the entries made with it."""

from django.db import migrations

from karnameh.plumbing.sql import refuse, watch

MEANING = """
CREATE FUNCTION catalog_keep_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.code, OLD.measure_id, OLD.nature, OLD.time_rule, OLD.unit_rule, OLD.people, OLD.level, OLD.theme_id,
        OLD.item_id, OLD.act) IS DISTINCT FROM
       (NEW.code, NEW.measure_id, NEW.nature, NEW.time_rule, NEW.unit_rule, NEW.people, NEW.level, NEW.theme_id,
        NEW.item_id, NEW.act) THEN
        RAISE EXCEPTION 'the meaning of indicator % is fixed; make a new one', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'indicator_meaning_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_meaning BEFORE UPDATE ON catalog_indicator
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_meaning();
"""
WATCHED = ("catalog_indicator", "catalog_wording", "catalog_item", "catalog_rate", "catalog_measure")
KEPT = (*WATCHED, "catalog_dimensionset", "catalog_dimension", "catalog_dimensionoption")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO catalog_dimensionset (key, options, cut) VALUES ('', '{}', '')",  # 1: the total
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(MEANING, "DROP TRIGGER keep_meaning ON catalog_indicator; DROP FUNCTION catalog_keep_meaning"),
        *(watch(table) for table in WATCHED),
        *(refuse(table, "DELETE", "TRUNCATE", rule="dictionary_is_never_deleted") for table in KEPT),
        refuse("catalog_wording", "UPDATE", rule="wording_is_never_changed"),
        # Old entries name them: a changed set would change what they say.
        refuse("catalog_dimensionset", "UPDATE", rule="dictionary_is_never_rewritten"),
        refuse("catalog_dimensionoption", "UPDATE", rule="dictionary_is_never_rewritten"),
    ]
