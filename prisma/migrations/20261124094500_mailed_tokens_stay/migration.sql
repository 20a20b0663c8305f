-- Two sign-ups for one address at once: the second meets a live token that its statement could not see, and
-- writes its own over it. The first was mailed too, so it stays, as one that another has taken the place of.
CREATE FUNCTION token_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  OLD.replaced_at := NEW.created_at;
  INSERT INTO token SELECT OLD.*;
  RETURN NULL;
END $$;

CREATE TRIGGER token_stays AFTER UPDATE OF hash ON token
  FOR EACH ROW WHEN (OLD.hash IS DISTINCT FROM NEW.hash) EXECUTE FUNCTION token_stays();
