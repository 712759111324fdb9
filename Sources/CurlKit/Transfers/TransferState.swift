/// What tasks and the event thread share about a transfer. Whoever holds its lock never resumes anybody: the
/// continuations that can go on are handed out, to be run afterwards.
struct TransferState {
    /// Continuations with what they get.
    struct Resumptions {
        fileprivate var head: (CheckedContinuation<Transfer.Answer, Never>, Transfer.Answer)?
        fileprivate var body: (CheckedContinuation<Transfer.BodyEvent, Never>, Transfer.BodyEvent)?

        func run() {
            if let head { head.0.resume(returning: head.1) }
            if let body { body.0.resume(returning: body.1) }
        }
    }

    var headWaiter: CheckedContinuation<Transfer.Answer, Never>?
    var bodyWaiter: CheckedContinuation<Transfer.BodyEvent, Never>?

    /// Whether the event thread waits for the reader.
    var isReceivingPaused = false

    /// How the transfer ended. What was received before may still have to be read.
    private(set) var outcome: Result<Void, HTTPError>?

    private(set) var bufferedBytes = 0
    private var chunks = FIFO<[UInt8]>()
    private var head: (head: HTTPResponseHead, metrics: HTTPMetrics)?

    /// Takes what there is of the body, or how it ended.
    mutating func takeBody() -> Transfer.BodyEvent? {
        if !chunks.isEmpty {
            let taken = chunks
            chunks = FIFO()
            bufferedBytes = 0
            return .chunks(taken)
        }
        return switch outcome {
        case .success: .end
        case .failure(let error): .failure(error)
        case nil: nil
        }
    }

    /// Whether the event thread waited for the reader, which it no longer has to.
    mutating func takePause() -> Bool {
        defer { isReceivingPaused = false }
        return isReceivingPaused
    }

    /// - Returns: `nil` if the transfer has ended already.
    mutating func end(with outcome: Result<Void, HTTPError>, discardingBody: Bool) -> Resumptions? {
        guard self.outcome == nil else { return nil }
        self.outcome = outcome
        if discardingBody {
            chunks = FIFO()
            bufferedBytes = 0
        }
        return takeResumptions()
    }

    mutating func deliver(
        head: (HTTPResponseHead, HTTPMetrics)?, chunk: [UInt8], outcome: Result<Void, HTTPError>?
    ) -> Resumptions {
        guard self.outcome == nil else { return Resumptions() }
        if let head { self.head = head }
        if !chunk.isEmpty {
            chunks.append(chunk)
            bufferedBytes += chunk.count
        }
        self.outcome = outcome
        return takeResumptions()
    }

    private mutating func takeResumptions() -> Resumptions {
        var resumptions = Resumptions()
        if let waiter = headWaiter {
            if let head {
                resumptions.head = (waiter, .success(head))
                headWaiter = nil
            } else if case .failure(let error) = outcome {
                resumptions.head = (waiter, .failure(error))
                headWaiter = nil
            }
        }
        if let waiter = bodyWaiter, let event = takeBody() {
            resumptions.body = (waiter, event)
            bodyWaiter = nil
        }
        return resumptions
    }
}
