-- Who leads each build farm, or led it last.

CREATE TABLE niks3.farm_leads (
    farm text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    expires_at bigint NOT NULL,
    leads_from bigint NOT NULL
);
