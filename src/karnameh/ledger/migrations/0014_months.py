"""The months' first days are known to the server: no statement carries thousands of dates any more."""

from django.db import migrations

from karnameh.kernel.period import month_starts

FIRST_DAYS = ",".join(str(day) for day in month_starts())
FUNCTION = f"""
-- The first days of all Jalali months: `width_bucket` finds a day's month in them. The planner takes the
-- answer for a constant; a session reads the list once.
CREATE FUNCTION ledger_months() RETURNS date[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN '{{{FIRST_DAYS}}}'::date[];
END $$"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_unit_day")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION ledger_months()")]
