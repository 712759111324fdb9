import NarKit

/// Signs a narinfo with a key of its own and verifies it, then one that was tampered with: `SignAndVerify`.
@main
struct SignAndVerify {
    static func main() throws {
        let key = try SecretKey.generate(name: "cache.example.org-1")
        var narInfo = try NarInfo(
            parsing: """
                StorePath: /nix/store/00000000000000000000000000000000-hello-2.12
                URL: nar/1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s.nar.zst
                Compression: zstd
                NarHash: sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s
                NarSize: 226560
                References:\u{20}

                """)
        narInfo.sign(with: [key])
        print(narInfo.serialized())

        let keys = try TrustedKeys(parsing: "\(key.publicKey)")
        print("signed: \(narInfo.isSigned(by: keys))")
        narInfo.narSize += 1
        print("tampered with: \(narInfo.isSigned(by: keys))")
    }
}
