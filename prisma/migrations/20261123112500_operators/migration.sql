-- CreateTable
CREATE TABLE "idempotent_call" (
    "holder" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "status" SMALLINT,
    "answer" BYTEA,

    CONSTRAINT "idempotent_call_pkey" PRIMARY KEY ("holder","key")
);

-- CreateTable
CREATE TABLE "admin_session" (
    "hash" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "admin_session_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "setting" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "import_run" (
    "id" SERIAL NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "dry_run" BOOLEAN NOT NULL,
    "who" TEXT NOT NULL,
    "source" TEXT,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "faulty" INTEGER NOT NULL DEFAULT 0,
    "fault" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_fault" (
    "run_id" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "import_fault_pkey" PRIMARY KEY ("run_id","line")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_send" (
    "id" SERIAL NOT NULL,
    "alert_id" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'due',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "fault" TEXT,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_send_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "idempotent_call_started_at_idx" ON "idempotent_call"("started_at");

-- CreateIndex
CREATE INDEX "admin_session_expires_at_idx" ON "admin_session"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_cause_key" ON "alert"("cause");

-- CreateIndex
CREATE INDEX "alert_at_idx" ON "alert"("at");

-- CreateIndex
CREATE INDEX "alert_send_due" ON "alert_send"("due_at") WHERE (status = 'due');

-- CreateIndex
CREATE UNIQUE INDEX "alert_send_alert_id_url_key" ON "alert_send"("alert_id", "url");

-- AddForeignKey
ALTER TABLE "import_fault" ADD CONSTRAINT "import_fault_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "import_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_send" ADD CONSTRAINT "alert_send_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that schema.prisma cannot say
ALTER TABLE "idempotent_call"
    ADD CONSTRAINT "idempotent_call_answered_whole" CHECK ((status IS NULL) = (answer IS NULL));
ALTER TABLE "import_run"
    ADD CONSTRAINT "import_run_status_known" CHECK (status IN ('running', 'done', 'failed')),
    ADD CONSTRAINT "import_run_ended" CHECK ((status = 'running') = (finished_at IS NULL));
ALTER TABLE "alert_send"
    ADD CONSTRAINT "alert_send_status_known" CHECK (status IN ('due', 'taken', 'given_up')),
    ADD CONSTRAINT "alert_send_due_has_time" CHECK ((status = 'due') = (due_at IS NOT NULL)),
    ADD CONSTRAINT "alert_send_final_is_settled" CHECK ((status = 'due') = (settled_at IS NULL));
