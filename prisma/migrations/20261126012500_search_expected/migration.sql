-- How many papers the planner expects a search to match: it counted the frequent words at its last ANALYZE, which takes
-- a tenth of a millisecond to ask and is right enough to tell rare words from common ones.
CREATE FUNCTION "search_expected"(query text) RETURNS float8 STRICT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM paper WHERE search @@ %L::tsquery', query) INTO plan;
    RETURN (plan->0->'Plan'->>'Plan Rows')::float8;
END $$;
