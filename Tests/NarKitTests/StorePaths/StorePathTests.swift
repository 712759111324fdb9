import Testing

@testable import NarKit

@Suite struct StorePathTests {
    private static let hash = "g9jlwsxv3y38fkr4x6pyf5p60n3mqnk5"

    @Test func readsThoseOfNix() throws {
        let lines = try FormatFixtures.lines("store-paths.txt")
        #expect(lines.count > 8)
        for line in lines {
            let path = try StorePath(parsing: line)
            #expect(path.path() == line)
            #expect("/nix/store/\(path.hashPart)-\(path.name)" == line)
            #expect(try StorePath.first(in: line + "/bin/x") == path)
        }
        #expect(try lines.map { try StorePath(parsing: $0) }.sorted().map { $0.path() } == lines.sorted())
    }

    @Test(arguments: [
        "a", "hello-2.12", "A-Za.z0+9_?=", ".hidden", "..hidden", "...", "-", "1.0", "a.drv",
        String(repeating: "n", count: 211),
    ])
    func accepts(name: String) throws {
        let path = try StorePath(baseName: "\(Self.hash)-\(name)")
        #expect(path.name == name)
        #expect(path.hashPart == Self.hash)
        #expect(path.isDerivation == (name == "a.drv"))
        #expect(path.description == "\(Self.hash)-\(name)")
    }

    @Test(arguments: [
        "", ".", "..", ".-", ".-a", "..-", "..-a", "a/b", "a b", "a\n", "a\0", "ä", "a:b", "a!b", "a%b", "a~b", "a*b",
        String(repeating: "n", count: 212),
    ])
    func refuses(name: String) {
        #expect(throws: NarKitError.self) { try StorePath(baseName: "\(Self.hash)-\(name)") }
    }

    @Test(arguments: [
        "", "-a", "\(hash)", "\(hash)a-a", "\(hash.dropLast())-a", "\(hash.dropLast())e-a", "\(hash.uppercased())-a",
        "\(hash)_a", "/nix/store/\(hash)-a",
    ])
    func refuses(baseName: String) {
        #expect(throws: NarKitError.self) { try StorePath(baseName: baseName) }
    }

    @Test func namesWhatItRefuses() throws {
        let error = try #require(throws: NarKitError.self) { try StorePath(baseName: "hello") }
        #expect(error.code == .invalidStorePath)
        #expect(
            error.message
                == "\"hello\" is not the base name of a store path: it must be 32 nix32 characters, a dash, and a name of "
                + "1 to 211 letters, digits and + - . _ ? =.")
        let other = try #require(throws: NarKitError.self) { try StorePath(parsing: "/tmp/\(Self.hash)-a") }
        #expect(
            other.message
                == "\"/tmp/\(Self.hash)-a\" is not in the store directory /nix/store: give a path that begins with "
                + "/nix/store/.")
    }

    @Test(arguments: [
        "", "/", "/nix/store", "/nix/store/", "/nix/stor/\(hash)-a", "/nix/store\(hash)-a", "/nix/store/\(hash)-a/",
        "/nix/store/\(hash)-a/b", "nix/store/\(hash)-a", "/nix/store//\(hash)-a", "/nix/store/../store/\(hash)-a",
    ])
    func refuses(path: String) {
        #expect(throws: NarKitError.self) { try StorePath(parsing: path, in: .standard) }
    }

    @Test func findsTheFirst() throws {
        let path = try StorePath(baseName: "\(Self.hash)-a")
        let own = try StoreDirectory("/srv/nix")
        for suffix in ["", "/", "/bin", "/bin/x", "/../y", "//"] {
            #expect(try StorePath.first(in: "/nix/store/\(Self.hash)-a\(suffix)") == path)
            #expect(try StorePath.first(in: "/srv/nix/\(Self.hash)-a\(suffix)", storeDirectory: own) == path)
        }
        for wrong in ["/nix/store", "/nix/store/", "/nix/store/x/\(Self.hash)-a", "/nix/store/.links", "/bin/sh"] {
            #expect(throws: NarKitError.self) { try StorePath.first(in: wrong) }
        }
    }

    @Test func anotherStore() throws {
        let own = try StoreDirectory("/srv/nix")
        let path = try StorePath(parsing: "/srv/nix/\(Self.hash)-a", in: own)
        #expect(path.path(in: own) == "/srv/nix/\(Self.hash)-a")
        #expect(throws: NarKitError.self) { try StorePath(parsing: "/nix/store/\(Self.hash)-a", in: own) }
    }

    @Test(arguments: [
        "", "/", "nix/store", "/nix/store/", "//nix", "/nix//store", "/nix/./store", "/nix/../store", "/a\nb",
    ])
    func refuses(directory: String) throws {
        let error = try #require(throws: NarKitError.self) { try StoreDirectory(directory) }
        #expect(error.code == .invalidStoreDirectory)
    }
}
