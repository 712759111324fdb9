import CacheServer
import NarKit

/// The program that signs.
struct SignProgramSettings: Sendable {
    let path: String
    let publicKeys: [PublicKey]

    /// - Returns: nil where there is none.
    /// - Throws: ``ConfigurationError`` where one is given without the other.
    init?(_ given: AccessOptions, _ source: SettingSource) throws(ConfigurationError) {
        let keys = source.list("sign-program-public-key", given.signProgramPublicKey)
        guard let path = source.text("sign-program", given.signProgram) else {
            guard keys.isEmpty else {
                throw ConfigurationError(
                    "--sign-program-public-key needs --sign-program too: give the program that signs")
            }
            return nil
        }
        guard !keys.isEmpty else {
            throw ConfigurationError(
                "--sign-program needs --sign-program-public-key too: its signatures are checked, and clients are told the key"
            )
        }
        var publicKeys: [PublicKey] = []
        for key in keys {
            do { publicKeys.append(try PublicKey(parsing: key)) } catch {
                throw ConfigurationError("--sign-program-public-key: \(error)")
            }
        }
        self.path = path
        self.publicKeys = publicKeys
    }

    /// - Throws: ``ConfigurationError`` where two keys have the same name: who trusts one would take the other for it.
    static func checkNames(_ keys: [PublicKey]) throws(ConfigurationError) {
        var names: Set<String> = []
        for key in keys where !names.insert(key.name).inserted {
            throw ConfigurationError("two signing keys are named \(key.name); give one of them")
        }
    }
}
