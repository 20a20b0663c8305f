-- Proxies that TRUSTED_PROXIES does not name, noticed by what they add to requests: for status, the desk and doctor.
CREATE TABLE "unnamed_proxy" (
    "peer" TEXT NOT NULL,
    "noticed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unnamed_proxy_pkey" PRIMARY KEY ("peer")
);
