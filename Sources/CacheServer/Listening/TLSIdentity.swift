public import Logging
import NIOSSL
import Synchronization

/// What the server shows of itself over TLS, and whose certificates it believes. New connections take what was loaded
/// last.
public final class TLSIdentity: Sendable {
    private let files: TLSFiles
    private let logger: Logger
    private let current: Mutex<NIOSSLContext>

    /// Loads the files.
    ///
    /// - Parameters:
    ///   - files: where they are.
    ///   - logger: told of changes.
    /// - Throws: ``ConfigurationError`` naming the file that cannot be used.
    public init(files: TLSFiles, logger: Logger) throws(ConfigurationError) {
        self.files = files
        self.logger = logger
        current = Mutex(try Self.load(files))
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    /// Loads the files again. What cannot be used changes nothing. Blocks.
    public func reload() {
        do {
            let context = try Self.load(files)
            current.withLock { $0 = context }
            logger.notice("the certificate was loaded again", metadata: ["path": "\(files.certificate)"])
        } catch {
            logger.error("the certificate is still the one from before", metadata: ["reason": "\(error)"])
        }
    }

    private static func load(_ files: TLSFiles) throws(ConfigurationError) -> NIOSSLContext {
        let chain = try read(files.certificate, flag: "tls-cert", "certificate", NIOSSLCertificate.fromPEMBytes)
        let key = try read(files.key, flag: "tls-key", "private key") { try NIOSSLPrivateKey(bytes: $0, format: .pem) }
        guard !chain.isEmpty else {
            throw ConfigurationError("--tls-cert \(files.certificate): there is no certificate in PEM in it")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let path = files.clientAuthority {
            let authorities = try read(path, flag: "tls-client-ca", "certificate", NIOSSLCertificate.fromPEMBytes)
            guard !authorities.isEmpty else {
                throw ConfigurationError("--tls-client-ca \(path): there is no certificate in PEM in it")
            }
            configuration.trustRoots = .certificates(authorities)
            // A client without a certificate may have a token; one with a certificate that nobody vouches for is cut.
            configuration.certificateVerification = .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError(
                "--tls-cert \(files.certificate) and --tls-key \(files.key) cannot be used together; give the key of that "
                    + "certificate")
        }
    }

    private static func read<Value>(
        _ path: String, flag: String, _ what: String, _ parse: ([UInt8]) throws -> Value
    ) throws(ConfigurationError) -> Value {
        guard let bytes = try SecretFile(path: path).bytes(limit: 1 << 20) else {
            throw ConfigurationError("--\(flag) \(path): there is no such file")
        }
        do {
            return try parse(bytes)
        } catch {
            throw ConfigurationError("--\(flag) \(path): there is no \(what) in PEM in it")
        }
    }
}
