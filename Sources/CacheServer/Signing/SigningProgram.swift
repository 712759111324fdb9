public import CacheCore
public import Logging
public import NarKit

/// A program that holds signing keys, as in front of a hardware module. One is kept running and asked over its standard
/// streams; what it prints on standard error goes to the server's.
public final actor SigningProgram: NarInfoSigning {
    /// How long things take.
    public struct Times: Sendable {
        /// What one request may take. A program that takes longer is ended and started again.
        public var answer = Duration.seconds(30)
        /// Before the first restart; each further one waits twice as long.
        public var firstRestart = Duration.seconds(1)
        /// The longest wait before a restart.
        public var lastRestart = Duration.seconds(60)

        /// The usual times.
        public init() {}
    }

    /// Fingerprints in one line.
    static let fingerprintsPerRequest = 1000
    /// Requests that are under way at the same time; more are refused.
    static let maximumRequests = 64

    /// How a request ended.
    struct Answer: Sendable {
        var signatures: [String: String] = [:]
        var problem: String?
    }

    private struct Request {
        let started: ContinuousClock.Instant
        let continuation: CheckedContinuation<Answer, Never>
    }

    /// The keys that it signs with.
    public nonisolated let publicKeys: [PublicKey]
    /// The program, by path or by name.
    public nonisolated let path: String
    let times: Times
    let logger: Logger

    private var requests: [Int: Request] = [:]
    private var lastID = 0
    /// Where lines for the program that runs go; nil while there is none.
    private var lines: AsyncStream<[UInt8]>.Continuation?
    private var absence = "it is just being started"
    /// Whether it ran, or could not be run, before.
    private var wasTried = false
    private var starting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - path: the program, by path or by name.
    ///   - publicKeys: the keys that it signs with. Signatures of others, or wrong ones, are never handed on.
    ///   - times: how long things take.
    ///   - logger: told when the program ends.
    public init(path: String, publicKeys: [PublicKey], times: Times = Times(), logger: Logger) {
        self.path = path
        self.publicKeys = publicKeys
        self.times = times
        self.logger = logger
    }

    /// Has the program sign.
    ///
    /// - Throws: `CacheError` of code `unavailable` when the program is not there, does not answer or refuses, `busy`
    ///   when too many requests are under way, `internal` when its signatures are wrong.
    public func signatures(of fingerprints: [String: String]) async throws(CacheError) -> [String: [Signature]] {
        var result: [String: [Signature]] = [:]
        let sorted = fingerprints.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: sorted.count, by: Self.fingerprintsPerRequest) {
            let chunk = sorted[start..<min(start + Self.fingerprintsPerRequest, sorted.count)]
            let answer = try await ask(Array(chunk))
            for (key, fingerprint) in chunk {
                result[key] = [try checked(answer[key], of: key, fingerprint: fingerprint)]
            }
        }
        return result
    }

    /// Waits until it runs for the first time, or it is known that it does not.
    public func untilStarted() async {
        guard !wasTried else { return }
        await withCheckedContinuation { starting.append($0) }
    }

    private func ask(_ fingerprints: [(key: String, value: String)]) async throws(CacheError) -> [String: String] {
        guard let lines else {
            throw CacheError(
                .unavailable, "The signing program \(path) is not there: \(absence). Try again.",
                retryAfter: times.firstRestart)
        }
        guard requests.count < Self.maximumRequests else {
            throw CacheError(.busy, "Too many narinfos are being signed at once; try again.", retryAfter: .seconds(2))
        }
        lastID += 1
        let id = lastID
        let line = try SigningRequest(id: id, fingerprints: fingerprints).line
        let answer = await withCheckedContinuation { continuation in
            requests[id] = Request(started: .now, continuation: continuation)
            lines.yield(line)
        }
        if let problem = answer.problem {
            logger.error("nothing was signed", metadata: ["program": "\(path)", "reason": "\(problem)"])
            throw CacheError(
                .unavailable, "The signing program \(path) did not sign: \(problem). Try again.",
                retryAfter: .seconds(2))
        }
        return answer.signatures
    }

    private func checked(_ text: String?, of key: String, fingerprint: String) throws(CacheError) -> Signature {
        guard let text else {
            throw CacheError(.internal, "The signing program \(path) left out the signature of \(key).")
        }
        guard let signature = try? Signature(parsing: text),
            publicKeys.contains(where: { $0.verifies(signature, of: fingerprint) })
        else {
            throw CacheError(
                .internal,
                "What the signing program \(path) gave for \(key) is no signature of its public key; check "
                    + "--sign-program-public-key.")
        }
        return signature
    }

    // MARK: - What the running program brings about

    /// A program runs: it is given what is asked from now on.
    func begin(_ lines: AsyncStream<[UInt8]>.Continuation) {
        self.lines = lines
        tried()
    }

    private func tried() {
        wasTried = true
        for continuation in starting { continuation.resume() }
        starting = []
    }

    /// The program is gone. Whoever waits for it hears why.
    func end(_ reason: String) {
        lines?.finish()
        lines = nil
        absence = reason
        let waiting = requests
        requests = [:]
        for request in waiting.values { request.continuation.resume(returning: Answer(problem: reason)) }
        tried()
    }

    /// The program has answered.
    ///
    /// - Throws: ``SigningFault`` for what is no answer to anything that it was asked.
    func take(_ line: String) throws(SigningFault) {
        let reply: SigningReply
        do { reply = try SigningReply.decode(Array(line.utf8)) } catch {
            throw SigningFault("it printed what is no answer")
        }
        guard let request = requests.removeValue(forKey: reply.id) else {
            throw SigningFault("it answered a request that there is not")
        }
        let problem = reply.error ?? (reply.signatures == nil ? "it gave no signatures" : nil)
        request.continuation.resume(
            returning: Answer(signatures: reply.signatures ?? [:], problem: problem.map { String($0.prefix(256)) }))
    }

    /// - Throws: ``SigningFault`` when a request waits for too long.
    func checkTime() throws(SigningFault) {
        if requests.values.contains(where: { ContinuousClock.now - $0.started > times.answer }) {
            throw SigningFault("it did not answer in time")
        }
    }
}

/// Why a signing program is ended.
struct SigningFault: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
