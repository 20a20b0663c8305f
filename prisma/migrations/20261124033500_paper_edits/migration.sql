-- AlterTable
ALTER TABLE "paper" ADD COLUMN     "edits" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "told" JSONB NOT NULL DEFAULT '{}';

-- What editors wrote stays, whoever writes the row: what a source tells of the same column is put aside in
-- `told`, and comes back when the edit is taken back. Its name sorts before the trigger that follows the words.
CREATE FUNCTION "paper_edits_stay"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb := to_jsonb(NEW);
    shown jsonb := '{}';
    told jsonb := '{}';
    heard jsonb;
    name text;
BEGIN
    FOR name IN SELECT jsonb_object_keys(OLD.edits || NEW.edits) LOOP
        heard := CASE WHEN OLD.edits ? name AND new_row -> name IS NOT DISTINCT FROM old_row -> name
            THEN OLD.told -> name ELSE new_row -> name END;
        IF NEW.edits ? name THEN
            told := told || jsonb_build_object(name, heard);
            shown := shown || jsonb_build_object(name, NEW.edits -> name);
        ELSE
            shown := shown || jsonb_build_object(name, heard);
        END IF;
    END LOOP;
    NEW := jsonb_populate_record(NEW, shown);
    NEW.told := told;
    RETURN NEW;
END $$;

CREATE TRIGGER "paper_edits_stay" BEFORE UPDATE ON "paper" FOR EACH ROW
    WHEN (OLD.edits <> '{}' OR NEW.edits <> '{}') EXECUTE FUNCTION "paper_edits_stay"();
