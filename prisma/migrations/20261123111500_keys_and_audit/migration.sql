-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "replaces" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "who" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "why" TEXT,
    "request_id" TEXT,
    "previous" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "audit_hash_key" ON "audit"("hash");

-- CreateIndex
CREATE INDEX "audit_target_id_idx" ON "audit"("target", "id");

-- CreateIndex
CREATE INDEX "audit_at_idx" ON "audit"("at");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_replaces_fkey" FOREIGN KEY ("replaces") REFERENCES "api_key"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "api_key"
    ADD CONSTRAINT "api_key_id_shape" CHECK (id ~ '^[0-9a-z]{8}$'),
    ADD CONSTRAINT "api_key_hash_is_sha256" CHECK (length(hash) = 32),
    ADD CONSTRAINT "api_key_has_scopes" CHECK (cardinality(scopes) > 0),
    ADD CONSTRAINT "api_key_has_a_name" CHECK (name <> '');

-- The audit log orders and chains itself, so that whoever writes a row need not be trusted with it.
CREATE FUNCTION "audit_hash"(entry "audit") RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(entry.previous || convert_to(jsonb_build_array(
        entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        entry.who, entry.action, entry.target, entry.before, entry.after, entry.why, entry.request_id
    )::text, 'UTF8'))
$$;
CREATE FUNCTION "audit_chain"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last "audit";
BEGIN
    PERFORM pg_advisory_xact_lock(7209114508);
    SELECT * INTO last FROM "audit" ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(last.id, 0) + 1;
    NEW.previous := coalesce(last.hash, '\x'::bytea);
    NEW.hash := "audit_hash"(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER "audit_chain" BEFORE INSERT ON "audit" FOR EACH ROW EXECUTE FUNCTION "audit_chain"();
CREATE FUNCTION "audit_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER "audit_only_grows" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_only_grows"();
