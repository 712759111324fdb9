import NarKit

/// What has to be taken over for some closures.
struct ImportedClosure: Sendable {
    /// A narinfo that is not in the cache yet.
    struct Entry: Sendable {
        var key: ObjectKey
        var text: StoredNarInfo
        /// Listing, log and realisations, as far as the bucket has them.
        var attachments: [ObjectKey] = []
        /// The texts of the realisations among them.
        var realisations: [ObjectKey: [UInt8]] = [:]

        /// The keys of all that it is to refer to.
        var refs: [String] { text.keys + attachments.map(\.text) }
    }

    var entries: [Entry] = []
    /// Narinfos that are in the cache already, each with all that it reaches.
    var known: Set<String> = []
    /// Why some narinfos cannot be taken, by key.
    var refused: [String: String] = [:]

    /// What is to be claimed, each object once, by ascending key.
    var claims: [NewClaim] {
        get throws(CacheError) {
            var claims: [ObjectKey: NewClaim] = [:]
            for key in known {
                let key = try ObjectKey(key)
                claims[key] = NewClaim(key: key, isListed: false)
            }
            for entry in entries {
                claims[entry.key] = NewClaim(key: entry.key, refs: entry.refs)
                let nar = entry.text.narKey
                claims[nar] = NewClaim(key: nar, narSize: Int64(clamping: entry.text.narInfo.narSize))
                for key in entry.attachments { claims[key] = NewClaim(key: key) }
            }
            return claims.values.sorted { $0.key < $1.key }
        }
    }
}
