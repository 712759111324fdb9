import CacheCore

/// A key that readers may ask for. Everything else, `pending/` foremost, does not exist for them.
struct ServedKey: Hashable, Sendable {
    /// What lies under a key, as far as serving it goes.
    enum Kind: Hashable, Sendable {
        case object(ObjectType)
        case cacheInfo
        case page
        case pin
    }

    let key: String
    let kind: Kind

    /// - Returns: nil for a key outside the table of object keys.
    init?(_ key: String) {
        self.key = key
        if let object = ObjectKey(validating: key) {
            kind = .object(object.type)
        } else if key == "nix-cache-info" {
            kind = .cacheInfo
        } else if key == "index.html" {
            kind = .page
        } else if key.hasPrefix("pins/"), Self.isPinName(key.dropFirst("pins/".count)) {
            kind = .pin
        } else {
            return nil
        }
    }

    /// What Nix itself gives such a file, whatever was sent with it when it was stored.
    var contentType: String {
        switch kind {
        case .object(.narinfo): "text/x-nix-narinfo"
        case .object(.nar): "application/x-nix-nar"
        case .object(.listing), .object(.realisation): "application/json"
        case .object(.buildLog), .pin: "text/plain; charset=utf-8"
        case .cacheInfo: "text/x-nix-cache-info"
        case .page: "text/html; charset=utf-8"
        }
    }

    /// Whether a coded body may be sent on as it is, to those who accept the coding. Narinfos always go out plain.
    var passesEncoding: Bool {
        switch kind {
        case .object(.narinfo): false
        default: true
        }
    }

    private static func isPinName(_ name: some StringProtocol) -> Bool {
        let isAllowed = { (character: Character) in
            character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
        }
        return (1...256).contains(name.count) && name.allSatisfy(isAllowed) && name != "." && name != ".."
    }
}
