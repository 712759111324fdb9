internal import CSodium

/// Ed25519 by libsodium.
enum Sodium {
    static let seedLength = 32
    static let publicKeyLength = 32
    static let secretKeyLength = 64

    /// libsodium is started once, however many threads ask first: a static property is made under a lock.
    private static let isStarted = sodium_init() >= 0

    static func start() throws(NarKitError) {
        guard isStarted else {
            throw NarKitError(
                .cryptography,
                "libsodium could not be started, most likely for lack of randomness: check that /dev/urandom is readable."
            )
        }
    }

    static func sign(_ message: String, with secretKey: SecretBytes) -> [UInt8] {
        withBytes(of: message) { message in
            var signature = [UInt8](repeating: 0, count: Signature.byteCount)
            crypto_sign_detached(&signature, nil, message.baseAddress, UInt64(message.count), secretKey.bytes)
            return signature
        }
    }

    static func verify(_ signature: [UInt8], of message: String, with publicKey: [UInt8]) -> Bool {
        guard signature.count == Signature.byteCount, publicKey.count == publicKeyLength else { return false }
        return withBytes(of: message) { message in
            crypto_sign_verify_detached(signature, message.baseAddress, UInt64(message.count), publicKey) == 0
        }
    }

    private static func withBytes<Result>(
        of message: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        var message = message
        return message.withUTF8(body)
    }
}
