import Testing

/// A machine that is not like ours.
enum Surrounding: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case timeZoneAheadOfUTC = "TZ=Asia/Kathmandu, LC_ALL=C"
    case timeZoneBehindUTC = "TZ=America/St_Johns, LC_ALL=de_DE.UTF-8"
    case turkish = "LC_ALL=tr_TR.UTF-8"
    case openMask = "umask 000"
    case closedMask = "umask 077"
    case noHome = "no HOME, nothing of XDG"
    case strangeTemporaryDirectory = "TMPDIR with a space"
    case missingTemporaryDirectory = "TMPDIR that is not there"

    var testDescription: String { rawValue }

    /// What a program inherits there.
    /// - Parameter root: a directory of the test's own.
    func circumstances(in root: TemporaryDirectory) throws -> Circumstances {
        switch self {
        case .timeZoneAheadOfUTC:
            Circumstances(variables: ["TZ": "Asia/Kathmandu", "LC_ALL": "C"])
        case .timeZoneBehindUTC:
            Circumstances(variables: ["TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"])
        case .turkish: Circumstances(variables: ["LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"])
        case .openMask: Circumstances(mask: "000")
        case .closedMask: Circumstances(mask: "077")
        case .noHome: Circumstances(variables: ["HOME": nil, "XDG_CACHE_HOME": nil])
        case .strangeTemporaryDirectory:
            Circumstances(variables: ["TMPDIR": try root.directory("odd näme's")])
        case .missingTemporaryDirectory: Circumstances(variables: ["TMPDIR": root.path + "/missing"])
        }
    }
}
