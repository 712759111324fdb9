public import CacheCore

extension PostgresStore {
    /// Takes or renews the lead of a build farm.
    public func takeLead(
        of farm: FarmID, holder: String, times: FarmLeadTimes
    ) async throws(CacheError) -> Bool {
        try await transaction { connection in
            // A row to lock, also for those who ask at the same time; nobody has this lead.
            try connection.query(
                """
                INSERT INTO niks3.farm_leads (farm, holder, expires_at, leads_from) VALUES ($1, '', 0, 0)
                ON CONFLICT (farm) DO NOTHING
                """, [.text(farm.text)])
            let rows = try connection.query(
                "SELECT holder, expires_at, leads_from FROM niks3.farm_leads WHERE farm = $1 FOR UPDATE",
                [.text(farm.text)])
            // Forgotten between the two statements; whoever asks again finds it new.
            guard let row = rows.first else { return false }
            let now = try connection.instant()
            let current = FarmLead(
                holder: try row[0].text(), expiresAt: try row[1].timestamp(), leadsFrom: try row[2].timestamp())
            let lead = FarmLead.decide(current: current, holder: holder, at: now, times: times)
            if lead != current {
                try connection.query(
                    "UPDATE niks3.farm_leads SET holder = $2, expires_at = $3, leads_from = $4 WHERE farm = $1",
                    [
                        .text(farm.text), .text(lead.holder), .int(lead.expiresAt.microseconds),
                        .int(lead.leadsFrom.microseconds),
                    ])
            }
            return lead.isLed(by: holder, at: now)
        }
    }

    /// Gives the lead of a build farm up.
    public func releaseLead(of farm: FarmID, holder: String) async throws(CacheError) {
        try await transaction { connection in
            let rows = try connection.query(
                "SELECT 1 FROM niks3.farm_leads WHERE farm = $1 AND holder = $2 FOR UPDATE",
                [.text(farm.text), .text(holder)])
            let now = try connection.instant()
            if rows.first != nil {
                try connection.query(
                    "UPDATE niks3.farm_leads SET expires_at = least(expires_at, $2) WHERE farm = $1",
                    [.text(farm.text), .int(now.microseconds)])
            }
            // Who led so long ago is of no matter any more.
            try connection.query(
                """
                DELETE FROM niks3.farm_leads WHERE farm IN (
                    SELECT farm FROM niks3.farm_leads WHERE expires_at < $1 FOR UPDATE SKIP LOCKED)
                """, [.int((now - .seconds(86_400)).microseconds)])
        }
    }
}
