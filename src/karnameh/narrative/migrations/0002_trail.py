"""Watch reports, drafts and questions; a report's text and words never reach the trail."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch


class Migration(migrations.Migration):
    dependencies = [("narrative", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("narrative_source"),
        watch("narrative_sourcetext", hidden=("text",)),
        watch("narrative_draft", hidden=("words", "proposed")),
        watch("narrative_question"),
        watch("narrative_example", hidden=("sentence", "rows")),
        refuse("narrative_source", "DELETE", "TRUNCATE", rule="report_is_never_deleted"),
        refuse("narrative_draft", "DELETE", "TRUNCATE", rule="draft_is_never_deleted"),
        refuse("narrative_question", "DELETE", "TRUNCATE", rule="question_is_never_deleted"),
        allow("narrative_source, narrative_draft, narrative_question", "SELECT", "INSERT", "UPDATE"),
        allow("narrative_sourcetext, narrative_example", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
