import CacheCore
import CurlKit
import Logging

/// A NAR of an upstream on its way to a reader, and into the bucket where it can be stored.
///
/// The last bytes are held back until the NAR has proved to be the one that its narinfo names: nobody gets another one
/// whole. Memory holds a chunk, and a part for the bucket.
actor NarFill {
    private var chunks: HTTPResponseBody.AsyncIterator
    private let url: String
    private let known: PullThrough.Known?
    private let pull: PullThrough
    private let slot: Slot
    private var turn: StoringTurn?
    private var check: PulledNarCheck?
    private var upload: PulledUpload?
    private var held: [UInt8]?
    private var isBegun = false
    private var isWhole = false
    private var isOver = false

    init(
        _ body: HTTPResponseBody, url: String, known: PullThrough.Known?, pull: PullThrough, slot: Slot
    ) {
        chunks = body.makeAsyncIterator()
        self.url = url
        self.known = known
        self.pull = pull
        self.slot = slot
        check = known.flatMap { PulledNarCheck($0.pulled) }
    }

    /// The next bytes for the reader; nil after the last, when the NAR is stored or cannot be.
    /// - Throws: when the upstream breaks off, and for a NAR that is another than it should be.
    func next() async throws -> [UInt8]? {
        guard !isOver else { return nil }
        do {
            if !isBegun { await begin() }
            while !isWhole {
                guard let chunk = try await received() else {
                    if let problem = check?.finish() { throw WrongNar(url: url, problem: problem) }
                    isWhole = true
                    if let last = held {
                        held = nil
                        return last
                    }
                    break
                }
                if let problem = check?.take(chunk) { throw WrongNar(url: url, problem: problem) }
                await store(chunk)
                guard check != nil else { return chunk }
                let before = held
                held = chunk
                if let before { return before }
            }
        } catch {
            isOver = true
            pull.logger.warning("a NAR of an upstream is refused", metadata: ["error": "\(error)"])
            await abandon()
            throw error
        }
        isOver = true
        await finish()
        return nil
    }

    /// Reads what is left into the bucket, when there is no reader any more.
    func drain() async {
        guard upload != nil else { return await abandon() }
        // What goes wrong is logged.
        while upload != nil, let bytes = try? await next() { _ = bytes }
    }

    private func received() async throws -> [UInt8]? {
        var iterator = chunks
        let chunk = try await iterator.next()
        chunks = iterator
        return chunk
    }

    private func begin() async {
        isBegun = true
        guard let known, check != nil, known.pulled.isStorable, let turn = pull.turn(for: url) else { return }
        self.turn = turn
        do throws(CacheError) {
            upload = try await pull.pulls.begin(known.pulled)
        } catch {
            log(error)
        }
    }

    private func store(_ chunk: [UInt8]) async {
        guard var upload else { return }
        self.upload = nil
        do throws(CacheError) {
            try await upload.append(chunk)
            self.upload = upload
        } catch {
            log(error)
            await upload.abandon()
        }
    }

    private func finish() async {
        guard var upload, let known else { return }
        self.upload = nil
        do throws(CacheError) {
            try await upload.finish()
            pull.noteStored(known)
        } catch {
            log(error)
            await upload.abandon()
        }
        turn = nil
    }

    private func abandon() async {
        isOver = true
        await upload?.abandon()
        upload = nil
        turn = nil
    }

    /// The reader gets the NAR nevertheless.
    private func log(_ error: CacheError) {
        pull.logger.warning("a NAR of an upstream is not stored", metadata: ["url": "\(url)", "error": "\(error)"])
    }
}

/// What a reader gets of it.
struct NarFillChunks: AsyncSequence, Sendable {
    let fill: NarFill

    struct AsyncIterator: AsyncIteratorProtocol {
        let fill: NarFill

        mutating func next() async throws -> [UInt8]? { try await fill.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fill: fill) }
}

/// An upstream sent another NAR than its narinfo names.
private struct WrongNar: Error, CustomStringConvertible {
    let url: String
    let problem: String

    var description: String { "\(url): \(problem)" }
}
