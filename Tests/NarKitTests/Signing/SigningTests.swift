import Testing

@testable import NarKit

@Suite struct SigningTests {
    /// The first vector of RFC 8032, section 7.1: an empty message.
    private static let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
    private static let publicKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    private static let signature =
        "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="

    @Test func signsAsTheStandardSays() throws {
        let key = try SecretKey(parsing: "k:\(Self.seed)")
        #expect(key.publicKey.description == "k:\(Self.publicKey)")
        #expect(key.sign("").description == "k:\(Self.signature)")
    }

    @Test(arguments: ["cache.example.org-1", "other.example.org-1"])
    func readsTheKeysOfNix(_ name: String) throws {
        let text = try FormatFixtures.text("keys/\(name).secret")
        let key = try SecretKey(parsing: text)
        #expect(key.name == name)
        #expect(key.serialized == text)
        #expect(key.publicKey.description == (try FormatFixtures.text("keys/\(name).public")))
        #expect(try PublicKey(parsing: FormatFixtures.text("keys/\(name).public")) == key.publicKey)
    }

    @Test func readsEverySpelling() throws {
        let full = try SecretKey(parsing: "k:\(Self.seed)").serialized
        for text in [
            full, "k:\(Self.seed)", "k:\(Self.seed.dropLast())", "\(full.dropLast(2))", " \(full)\n", "\(full)\r\n",
        ] {
            #expect(try SecretKey(parsing: text).serialized == full)
        }
        for text in ["k:\(Self.publicKey)", "k:\(Self.publicKey.dropLast())", "\tk:\(Self.publicKey)\n"] {
            #expect(try PublicKey(parsing: text).description == "k:\(Self.publicKey)")
        }
    }

    @Test(arguments: [
        (
            "",
            "A secret key could not be read: it must be a name, a colon, and 64 bytes in base 64, as "
                + "`nix key generate-secret` prints it."
        ),
        (
            ":\(seed)",
            "A secret key could not be read: it must be a name, a colon, and 64 bytes in base 64, as "
                + "`nix key generate-secret` prints it."
        ),
        (
            "k:\(seed)!",
            "A secret key could not be read: it must be a name, a colon, and 64 bytes in base 64, as "
                + "`nix key generate-secret` prints it."
        ),
        ("k:AAAA", #"The secret key "k" has 3 bytes: it must have 64 bytes, or the 32 bytes of its seed."#),
        ("k:", #"The secret key "k" has 0 bytes: it must have 64 bytes, or the 32 bytes of its seed."#),
        (
            "k:" + String(repeating: "A", count: 86),
            #"The two halves of the secret key "k" do not belong together: restore it from a backup, or generate a new key."#
        ),
    ])
    func refusesSecretKeys(_ text: String, _ message: String) throws {
        let error = try #require(throws: NarKitError.self) { try SecretKey(parsing: text) }
        #expect(error.code == .invalidKey)
        #expect(error.message == message)
    }

    @Test(arguments: [
        "", "k", "k:", ":\(publicKey)", "a b:\(publicKey)", "k:AAAA", "k:\(publicKey)A", "k:\(signature)",
    ])
    func refusesPublicKeys(_ text: String) throws {
        let error = try #require(throws: NarKitError.self) { try PublicKey(parsing: text) }
        #expect(error.code == .invalidKey)
        #expect(error.message.hasSuffix("as `nix key convert-secret-to-public` prints it."))
    }

    @Test(arguments: [
        "", "k", ":", "k:", "k:AAAA", ":\(signature)", "k \(signature)", "k:\(signature.dropLast(4))",
        "k:k:\(signature)",
        "k\n:\(signature)", " k:\(signature)", "k:\(signature) ", "k:\(signature)AAAA", "k:\(signature.dropLast())",
        String(repeating: "k", count: 256) + ":\(signature)",
    ])
    func refusesSignatures(_ text: String) throws {
        let error = try #require(throws: NarKitError.self) { try Signature(parsing: text) }
        #expect(error.code == .invalidSignature)
    }

    @Test func generates() throws {
        let key = try SecretKey.generate(name: "new-1")
        #expect(try SecretKey.generate(name: "new-1").serialized != key.serialized)
        #expect(try SecretKey(parsing: key.serialized).publicKey == key.publicKey)
        #expect(key.publicKey.verifies(key.sign("message"), of: "message"))
        for name in ["", "a:b", "a b", "a\n", String(repeating: "a", count: 256)] {
            #expect(throws: NarKitError.self) { try SecretKey.generate(name: name) }
        }
    }

    @Test func showsNoSecret() throws {
        let key = try SecretKey(parsing: "k:\(Self.seed)")
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "k (secret key)")
        #expect(String(reflecting: key) == "k (secret key)")
        #expect(!dumped.contains(Self.seed.prefix(8)))
    }

    @Test func verifiesOnlyWhatItSigned() throws {
        let key = try SecretKey.generate(name: "k")
        let signature = key.sign("message")
        #expect(!key.publicKey.verifies(signature, of: "massage"))
        var bytes = signature.bytes
        bytes[5] ^= 1
        #expect(!key.publicKey.verifies(try Signature(keyName: "k", bytes: bytes), of: "message"))
        #expect(!key.publicKey.verifies(try Signature(keyName: "l", bytes: signature.bytes), of: "message"))
        #expect(!(try SecretKey.generate(name: "k")).publicKey.verifies(signature, of: "message"))
    }

    @Test func verifiesSeveralWithSeveral() throws {
        let (first, second, stranger) = try (
            SecretKey.generate(name: "a"), SecretKey.generate(name: "b"), SecretKey.generate(name: "c")
        )
        let sameName = try SecretKey.generate(name: "a")
        let keys = try TrustedKeys(parsing: "\(first.publicKey) \(second.publicKey)\n\t\(sameName.publicKey)")
        let forged = try Signature(keyName: "b", bytes: first.sign("m").bytes)
        let signatures = [
            stranger.sign("m"), first.sign("x"), sameName.sign("m"), forged, second.sign("m"), first.sign("m"),
        ]
        #expect(
            keys.valid(among: signatures, of: "m") == [sameName.sign("m"), second.sign("m"), first.sign("m")])
        #expect(keys.valid(among: signatures, of: "y").isEmpty)
        #expect(TrustedKeys([]).valid(among: signatures, of: "m").isEmpty)
        #expect(throws: NarKitError.self) { try TrustedKeys(parsing: "\(first.publicKey) x") }
    }

    @Test func ordersByText() throws {
        let zeros = [UInt8](repeating: 0, count: 64)
        let names = ["a-1", "a", "a1", "B"]
        let sorted = try names.map { try Signature(keyName: $0, bytes: zeros) }.sorted().map(\.keyName)
        #expect(sorted == ["B", "a-1", "a1", "a"])
    }

    @Test func signsAtTheSameTime() async throws {
        let key = try SecretKey.generate(name: "k")
        let expected = key.sign("message")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask { key.sign("message") == expected && key.publicKey.verifies(expected, of: "message") }
            }
            for await isGood in group { #expect(isGood) }
        }
    }
}
