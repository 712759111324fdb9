import Crypto

/// A step of the schema.
struct PostgresMigration: Sendable, Hashable {
    /// Its place in the order, from 1.
    let number: Int
    /// What it makes, for people.
    let name: String
    /// Its statements.
    let sql: String

    /// The SHA-256 of its statements, by which a changed step is recognised.
    var checksum: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    private init(_ number: Int, _ name: String, _ file: [UInt8]) {
        self.init(number: number, name: name, sql: String(decoding: file, as: UTF8.self))
    }

    init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// All steps, in their order. A released one never changes.
    static let all = [
        PostgresMigration(1, "uploads", PackageResources._001_uploads_sql),
        PostgresMigration(2, "leads of build farms", PackageResources._002_farm_leads_sql),
        PostgresMigration(3, "collections", PackageResources._003_collections_sql),
        PostgresMigration(4, "names of closures, kept values of pins", PackageResources._004_closures_and_pins_sql),
        PostgresMigration(5, "closures from other caches", PackageResources._005_pulled_closures_sql),
        PostgresMigration(6, "samples and reports", PackageResources._006_samples_and_reports_sql),
    ]
}
