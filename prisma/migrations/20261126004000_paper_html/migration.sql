-- The HTML of a paper's words is made once and kept: pages put ready pieces together.
-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "html" JSONB;

-- CreateIndex
CREATE INDEX "paper_html_due" ON "paper"("published_at") WHERE (html IS NULL);

-- Whoever changes the words, an editor or a source, leaves a paper that is due. Its name sorts after the trigger
-- that decides whose words stand.
CREATE FUNCTION "paper_html_follows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.html := NULL;
    RETURN NEW;
END $$;

CREATE TRIGGER "paper_html_follows" BEFORE UPDATE ON "paper" FOR EACH ROW
    WHEN ((NEW.title, NEW.abstract, NEW.summary) IS DISTINCT FROM (OLD.title, OLD.abstract, OLD.summary))
    EXECUTE FUNCTION "paper_html_follows"();
