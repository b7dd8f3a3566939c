
        SELECT bool_or(f.clock <> present
               OR up.node_id IS DISTINCT FROM f.unit_id OR pp.node_id IS DISTINCT FROM f.place_id
               OR i.id IS NULL OR d.id IS NULL OR p.id IS NULL OR (f.item_id IS NOT NULL AND t.id IS NULL)
               OR (f.kind = 0 AND (f.ends_on > closed.closed_on OR f.ends_on > i.retired_on))) AS wrong,
               bool_or(f.activity_id IS NOT NULL AND f.kind = 0) AS activities,
               bool_or(coalesce(f.verifies_id, f.corrects_id, f.fulfils_id, f.part_of_id) IS NOT NULL) AS links
          INTO seen FROM fresh f
          LEFT JOIN org_unitplacement up ON up.id = f.unit_placement_id
          LEFT JOIN org_placeplacement pp ON pp.id = f.place_placement_id
          LEFT JOIN org_orgunit closed ON closed.id = f.unit_id AND closed.closed_on IS NOT NULL
          LEFT JOIN catalog_indicator i ON i.id = f.indicator_id
          LEFT JOIN catalog_dimensionset d ON d.id = f.dimensions_id
          LEFT JOIN catalog_item t ON t.id = f.item_id
          LEFT JOIN people_user p ON p.id = f.posted_by_id;