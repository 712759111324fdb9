import CacheCore

/// One choice of a simulation. A history is a list of them; what does not apply any more when others are left out is
/// passed over, so that a failing history can be made smaller.
enum Decision: Hashable, Sendable, CustomStringConvertible {
    /// A process begins.
    case begin(Int, Work)
    /// A process makes its next call.
    case step(Int)
    /// A process goes on until it stands before a call of this name, or to its end.
    case run(Int, until: String)
    /// A process dies before its next call.
    case kill(Int)
    /// Time passes, in seconds.
    case advance(Int)
    /// A late request arrives: the one with this number.
    case land(Int)
    /// The next call of the object store that changes something fails.
    case fault(ModelObjectStore.Fault)

    var description: String {
        switch self {
        case .begin(let process, let work): "process \(process) begins: \(work)"
        case .step(let process): "process \(process) goes on"
        case .run(let process, let name): "process \(process) goes on until \(name.isEmpty ? "its end" : name)"
        case .kill(let process): "process \(process) dies"
        case .advance(let seconds): "\(seconds) s pass"
        case .land(let request): "the late request \(request) arrives"
        case .fault(let fault): "the next change of the bucket fails: \(fault)"
        }
    }
}

/// What a process does.
enum Work: Hashable, Sendable {
    /// A push of a package.
    case push(package: Int, build: Int, PushStyle)
    /// A client repeats its completion of the upload that began as this one.
    case complete(nth: Int)
    /// A collection.
    case collect(olderThan: String, failedUploadsOlderThan: String, isForced: Bool)
    /// A server starts and finishes what others left.
    case resume
    /// Uploads are given up.
    case drop(seconds: Int)
    /// A client asks which roots are there.
    case touch
    /// A name is given to a package.
    case pin(package: Int)
    /// The name is taken away.
    case unpin
    /// A server stores a package that another cache has, in parts of so many bytes.
    case pull(package: Int, build: Int, partSize: Int)
}

/// How a client pushes.
struct PushStyle: Hashable, Sendable {
    /// It puts narinfos into staging itself, as existing clients do.
    var stages = false
    /// It says which uploads have arrived.
    var registers = false
    /// It has the server look in the bucket.
    var verifies = false
    /// It leaves the references of the package out.
    var isPartial = false
}
