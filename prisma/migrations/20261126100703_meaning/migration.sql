-- What papers mean, as numbers of a model; only where the operator gives one.
CREATE TABLE "paper_vector" (
    "paper_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "vector" BYTEA NOT NULL,
    "seq" SERIAL NOT NULL,

    CONSTRAINT "paper_vector_pkey" PRIMARY KEY ("paper_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "paper_vector_seq_key" ON "paper_vector"("seq");

-- AddForeignKey
ALTER TABLE "paper_vector" ADD CONSTRAINT "paper_vector_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "paper"("id") ON DELETE CASCADE ON UPDATE CASCADE;
