internal import NarKit
internal import Synchronization

/// Tells how much of a NAR has been read since it was last told.
final class ReadProgress: Sendable {
    private let stream: NarStream
    private let monitor: PushMonitor
    private let reported = Mutex<UInt64>(0)

    init(stream: NarStream, monitor: PushMonitor) {
        self.stream = stream
        self.monitor = monitor
    }

    func report() {
        let bytes = reported.withLock { reported in
            let bytesRead = max(stream.bytesRead, reported)
            defer { reported = bytesRead }
            return bytesRead - reported
        }
        if bytes > 0 { monitor.note(.read(bytes)) }
    }
}
