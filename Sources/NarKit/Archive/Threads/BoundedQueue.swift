/// A queue with room for a few elements between one producer and one consumer, each a thread or a task.
///
/// A thread waits asleep, a task suspended; whichever side is slower holds the other one back.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var end: Result<Void, any Error>?
        var isAbandoned = false
        var consumer: CheckedContinuation<Element?, any Error>?
        var producer: CheckedContinuation<Bool, Never>?
        /// The element that the suspended producer wants to add.
        var offered: Element?

        /// What the consumer gets now, or nil when it has to wait.
        mutating func take() -> Result<Element?, any Error>? {
            if isAbandoned {
                // The consumer that gave up hears so when the producer has really ended.
                return end == nil ? nil : .failure(CancellationError())
            }
            if !elements.isEmpty {
                return .success(elements.removeFirst())
            }
            return end.map { end in end.map { nil } }
        }

        /// Moves what a suspended producer offered into the room that there is now.
        mutating func admitOffer(capacity: Int) -> CheckedContinuation<Bool, Never>? {
            guard let waiting = producer, isAbandoned || elements.count < capacity else { return nil }
            if !isAbandoned, let offered {
                elements.append(offered)
            }
            offered = nil
            producer = nil
            return waiting
        }
    }

    private let capacity: Int
    private let state = Monitor(State())

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    // MARK: Producer

    /// Adds an element, sleeping while the queue is full. Blocks.
    ///
    /// - Returns: False when the consumer has gone: the producer should end.
    func push(_ element: Element) -> Bool {
        let (admitted, consumer) = state.wait { state -> (Bool, CheckedContinuation<Element?, any Error>?)? in
            if state.isAbandoned { return (false, nil) }
            if let consumer = state.consumer {
                state.consumer = nil
                return (true, consumer)
            }
            guard state.elements.count < capacity else { return nil }
            state.elements.append(element)
            return (true, nil)
        }
        consumer?.resume(returning: element)
        return admitted
    }

    /// Adds an element, suspended while the queue is full.
    ///
    /// - Returns: False when the consumer has gone: the producer should end.
    func send(_ element: Element) async -> Bool {
        await withCheckedContinuation { continuation in
            let resumption = state.update { state -> CheckedContinuation<Bool, Never>? in
                state.offered = element
                state.producer = continuation
                return state.admitOffer(capacity: capacity)
            }
            if let resumption { resumption.resume(returning: !isAbandoned) }
        }
    }

    /// Ends the queue, once: the consumer gets what is in it, then the end or the error.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        let resumption = state.update { state -> (CheckedContinuation<Element?, any Error>, State)? in
            state.end = end
            guard let consumer = state.consumer else { return nil }
            state.consumer = nil
            return (consumer, state)
        }
        guard case (let consumer, var rest)? = resumption else { return }
        consumer.resume(with: rest.take() ?? .success(nil))
    }

    /// Whether the consumer has gone.
    var isAbandoned: Bool {
        state.update { state in state.isAbandoned }
    }

    // MARK: Consumer

    /// Takes an element, sleeping while there is none. Blocks.
    ///
    /// - Returns: The element, or nil at the end.
    func pop() throws -> Element? {
        let (result, producer) = state.wait { state in
            state.take().map { taken in (taken, state.admitOffer(capacity: capacity)) }
        }
        producer?.resume(returning: true)
        return try result.get()
    }

    /// Takes an element, suspended while there is none.
    ///
    /// A cancelled task abandons the queue and gets `CancellationError` as soon as the producer has ended.
    ///
    /// - Returns: The element, or nil at the end.
    func next() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, producer) = state.update { state in
                    let result = state.take()
                    if result == nil { state.consumer = continuation }
                    return (result, state.admitOffer(capacity: capacity))
                }
                producer?.resume(returning: true)
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Tells the producer that nobody will take anything any more, and drops what is in the queue.
    func abandon() {
        let producer = state.update { state in
            state.isAbandoned = true
            state.elements.removeAll()
            return state.admitOffer(capacity: capacity)
        }
        producer?.resume(returning: false)
    }
}
