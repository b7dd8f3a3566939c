"""Press packs: published figures, the programme of the week and a map, as PDF, Word document and page."""
