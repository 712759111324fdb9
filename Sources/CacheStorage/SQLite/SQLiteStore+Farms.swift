public import CacheCore
import GRDB

extension SQLiteStore {
    /// Takes or renews the lead of a build farm.
    public func takeLead(
        of farm: FarmID, holder: String, times: FarmLeadTimes
    ) async throws(CacheError) -> Bool {
        try await write { database in
            let now = try database.instant()
            let row = try Row.fetchOne(
                database.cachedStatement(sql: "SELECT holder, expires_at, leads_from FROM farm_leads WHERE farm = ?"),
                arguments: [farm.text])
            let current = row.map { row in
                FarmLead(
                    holder: row[0], expiresAt: Timestamp(microseconds: row[1]),
                    leadsFrom: Timestamp(microseconds: row[2]))
            }
            let lead = FarmLead.decide(current: current, holder: holder, at: now, times: times)
            if lead != current {
                let sql = """
                    INSERT INTO farm_leads (farm, holder, expires_at, leads_from) VALUES (?, ?, ?, ?)
                    ON CONFLICT (farm) DO UPDATE
                    SET holder = excluded.holder, expires_at = excluded.expires_at, leads_from = excluded.leads_from
                    """
                try database.run(
                    sql, [farm.text, lead.holder, lead.expiresAt.microseconds, lead.leadsFrom.microseconds])
            }
            return lead.isLed(by: holder, at: now)
        }
    }

    /// Gives the lead of a build farm up.
    public func releaseLead(of farm: FarmID, holder: String) async throws(CacheError) {
        try await write { database in
            let now = try database.instant()
            let sql = "UPDATE farm_leads SET expires_at = min(expires_at, ?) WHERE farm = ? AND holder = ?"
            try database.run(sql, [now.microseconds, farm.text, holder])
            // Who led so long ago is of no matter any more.
            let past = now - .seconds(86_400)
            try database.run("DELETE FROM farm_leads WHERE expires_at < ?", [past.microseconds])
        }
    }
}
