/// What an object of the cache is.
public enum ObjectType: String, Hashable, Sendable, Codable, CaseIterable {
    /// The description of a store path: `<hash>.narinfo`.
    case narinfo
    /// A NAR: `nar/<hash>.nar`, perhaps compressed.
    case nar
    /// The listing of a NAR: `<hash>.ls`.
    case listing
    /// The log of a build: `log/<name>.drv`.
    case buildLog = "build_log"
    /// What a derivation's output was built to: `realisations/….doi` or `build-trace-v2/….doi`.
    case realisation

    /// Whether clients may write the object under its own key. Narinfos and realisations only the server writes.
    public var isWrittenByClients: Bool {
        switch self {
        case .nar, .listing, .buildLog: true
        case .narinfo, .realisation: false
        }
    }

    /// Whether a closure is broken without the object. Listings, logs and realisations are advisory.
    public var isRequired: Bool {
        switch self {
        case .narinfo, .nar: true
        case .listing, .buildLog, .realisation: false
        }
    }
}

extension ObjectType {
    /// The type of a name in the API; nil when there is none.
    init?(name: Span<UInt8>) {
        if name.isEqual(to: "narinfo") {
            self = .narinfo
        } else if name.isEqual(to: "nar") {
            self = .nar
        } else if name.isEqual(to: "listing") {
            self = .listing
        } else if name.isEqual(to: "build_log") {
            self = .buildLog
        } else if name.isEqual(to: "realisation") {
            self = .realisation
        } else {
            return nil
        }
    }
}
