-- Accents are folded and typing errors forgiven where the extensions may be created; search works without both.
DO $$
DECLARE place text;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS unaccent;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'unaccent is not available: searches tell accents apart (%)', SQLERRM;
    END;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'pg_trgm is not available: searches forgive no typing errors (%)', SQLERRM;
    END;
    SELECT quote_ident(n.nspname) INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent';
    IF place IS NULL THEN
        EXECUTE 'CREATE FUNCTION search_fold(text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $f$ SELECT lower($1) $f$';
    ELSE
        -- unaccent is only STABLE because its dictionary could be changed; we never do.
        EXECUTE format('CREATE FUNCTION search_fold(text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $f$ SELECT lower(%1$s.unaccent(%2$L::regdictionary, $1)) $f$', place, place || '.unaccent');
    END IF;
END $$;

-- Names are not stemmed; title counts most, then names and keywords, then the abstract.
CREATE FUNCTION "search_vector"(title text, abstract text, authors text[], organisation text, keywords text[])
RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.english', search_fold(title)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', search_fold(array_to_string(coalesce(authors, '{}'), ' ') || ' ' || coalesce(organisation, ''))), 'B')
        || setweight(to_tsvector('pg_catalog.english', search_fold(array_to_string(coalesce(keywords, '{}'), ' '))), 'B')
        || setweight(to_tsvector('pg_catalog.english', search_fold(abstract)), 'D');
END $$;

-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "search" tsvector;

-- Kept by a trigger rather than generated: it is written anew only when its words change, not with every vote.
CREATE FUNCTION "paper_search_follows"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.title, NEW.abstract, NEW.authors, NEW.organisation, NEW.keywords)
        IS DISTINCT FROM (OLD.title, OLD.abstract, OLD.authors, OLD.organisation, OLD.keywords) THEN
        NEW.search := search_vector(NEW.title, NEW.abstract, NEW.authors, NEW.organisation, NEW.keywords);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "paper_search_follows" BEFORE INSERT OR UPDATE ON "paper" FOR EACH ROW EXECUTE FUNCTION "paper_search_follows"();

-- CreateTable
CREATE TABLE "search_word" (
    "word" TEXT NOT NULL,

    CONSTRAINT "search_word_pkey" PRIMARY KEY ("word")
);

CREATE FUNCTION "search_words"(title text, authors text[], keywords text[])
RETURNS SETOF text IMMUTABLE PARALLEL SAFE LANGUAGE sql SET search_path FROM CURRENT AS $$
    SELECT DISTINCT word FROM regexp_split_to_table(
        search_fold(title || ' ' || array_to_string(coalesce(authors, '{}'), ' ') || ' ' || array_to_string(coalesce(keywords, '{}'), ' ')),
        '[^[:alnum:]]+') AS word
    WHERE length(word) BETWEEN 4 AND 40
$$;

UPDATE "paper" SET search = search_vector(title, abstract, authors, organisation, keywords);
INSERT INTO "search_word" SELECT DISTINCT word FROM "paper", search_words(title, authors, keywords) AS word;

-- CreateIndex
CREATE INDEX "paper_search_idx" ON "paper" USING GIN ("search");

-- For words that begin alike, and for those that are spelt nearly alike.
CREATE INDEX "search_word_begins" ON "search_word" ((word || '') text_pattern_ops);
DO $$
DECLARE place text;
BEGIN
    SELECT quote_ident(n.nspname) INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF place IS NOT NULL THEN
        EXECUTE format('CREATE INDEX "search_word_alike" ON "search_word" USING GIN ((word || '''') %s.gin_trgm_ops)', place);
    END IF;
END $$;
