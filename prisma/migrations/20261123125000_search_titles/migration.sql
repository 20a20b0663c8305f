-- Titles alone: of a search for common words the papers named so are found among all, not only among the newest.
-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "title_search" tsvector;

CREATE OR REPLACE FUNCTION "paper_search_follows"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.title_search IS NULL OR (NEW.title, NEW.abstract, NEW.authors, NEW.organisation, NEW.keywords)
        IS DISTINCT FROM (OLD.title, OLD.abstract, OLD.authors, OLD.organisation, OLD.keywords) THEN
        NEW.search := search_vector(NEW.title, NEW.abstract, NEW.authors, NEW.organisation, NEW.keywords);
        NEW.title_search := to_tsvector('pg_catalog.english', search_fold(NEW.title));
    END IF;
    RETURN NEW;
END $$;

UPDATE "paper" SET title_search = NULL;

-- CreateIndex
CREATE INDEX "paper_title_search_idx" ON "paper" USING GIN ("title_search");
