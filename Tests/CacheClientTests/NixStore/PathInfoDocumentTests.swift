import CacheClient
import NarKit
import Testing

@testable import CacheClient

@Suite struct PathInfoDocumentTests {
    /// `nix path-info --json --recursive ./selfref` of Nix 2.8.0, with a signature added by `nix store sign`.
    private static let nix28 = #"""
        [{"path":"/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","narHash":"sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s=","narSize":568,"references":["/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep"],"deriver":"/nix/store/nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv","registrationTime":1795383576,"ultimate":true,"signatures":["SIGNATURE"]},{"path":"/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep","narHash":"sha256-e9vJ5kB9nT7UCtxk10a+Y2a19Y7maMawKGYAi771cgI=","narSize":120,"references":[],"ca":"fixed:r:sha256:1m37dkpd15c9y86jbb2sp8681lfpm1k98iq9jk774xkjz8a1grsd","registrationTime":1795383576,"ultimate":true}]
        """#

    /// The same as Lix prints it: an array too, with some more members.
    private static let lix = #"""
        [{"ca":null,"closureSize":688,"deriver":"/nix/store/nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv","narHash":"sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s=","narSize":568,"path":"/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","references":["/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep"],"registrationTime":1795383576,"signatures":["SIGNATURE"],"ultimate":true,"valid":true},{"ca":"fixed:r:sha256:1m37dkpd15c9y86jbb2sp8681lfpm1k98iq9jk774xkjz8a1grsd","narHash":"sha256-e9vJ5kB9nT7UCtxk10a+Y2a19Y7maMawKGYAi771cgI=","narSize":120,"path":"/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep","references":[],"registrationTime":1795383576,"ultimate":true,"valid":true}]
        """#

    /// Nix 2.19 and later: an object keyed by path.
    private static let keyed = #"""
        {"/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref":{"ca":null,"deriver":"/nix/store/nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv","narHash":"sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s=","narSize":568,"references":["/nix/store/lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep"],"registrationTime":1795383576,"signatures":["SIGNATURE"],"ultimate":true},"/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep":{"ca":"fixed:r:sha256:1m37dkpd15c9y86jbb2sp8681lfpm1k98iq9jk774xkjz8a1grsd","deriver":null,"narHash":"sha256:7bdbc9e6407d9d3ed40adc64d746be6366b5f58ee668c6b02866008bbef57202","narSize":120,"references":[],"registrationTime":1795383576,"signatures":[],"ultimate":true}}
        """#

    /// Version 2: base names, structured content addresses, the version in each object.
    private static let version2 = #"""
        {"lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref":{"ca":null,"deriver":"nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv","narHash":"sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s=","narSize":568,"references":["lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep"],"registrationTime":1795383576,"signatures":["SIGNATURE"],"storeDir":"/nix/store","ultimate":true,"version":2},"xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep":{"ca":{"method":"nar","hash":{"algorithm":"sha256","format":"nix32","hash":"1m37dkpd15c9y86jbb2sp8681lfpm1k98iq9jk774xkjz8a1grsd"}},"deriver":null,"narHash":{"algorithm":"sha256","format":"base64","hash":"e9vJ5kB9nT7UCtxk10a+Y2a19Y7maMawKGYAi771cgI="},"narSize":120,"references":[],"signatures":[],"storeDir":"/nix/store","ultimate":true,"version":2}}
        """#

    /// Version 3: the version and the store directory once around all, structured signatures.
    private static let version3 = #"""
        {"version":3,"storeDir":"/nix/store","info":{"lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref":{"version":3,"ca":null,"deriver":"nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv","narHash":"sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s=","narSize":568,"references":["lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref","xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep"],"signatures":[{"keyName":"test-1","sig":"BASE64"}]},"xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep":{"version":3,"ca":{"method":"nar","hash":"sha256-DZ+h6EVZMzNnIg02S1sSMW1Iw0d1DVVGPI0MkJ6S7c0="},"deriver":null,"narHash":"sha256-e9vJ5kB9nT7UCtxk10a+Y2a19Y7maMawKGYAi771cgI=","narSize":120,"references":[],"signatures":[]}}}
        """#

    private func parse(_ text: String, in directory: StoreDirectory = .standard) throws(ClientError) -> PathInfoDocument
    {
        let base64 = FakeCache.signature.dropFirst("test-1:".count)
        let text = text.replacing("SIGNATURE", with: FakeCache.signature).replacing("BASE64", with: base64)
        return try PathInfoDocument(parsing: Array(text.utf8), storeDirectory: directory)
    }

    @Test("every form says the same", arguments: [nix28, lix, keyed, version2])
    func forms(text: String) throws {
        let document = try parse(text)
        let path = try StorePath(baseName: "lbvzyjx57cgkdsnhwix6mz33bdxaydqx-selfref")
        let dependency = try StorePath(baseName: "xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep")
        #expect(document.missing.isEmpty)
        #expect(
            document.infos.sorted { $0.storePath < $1.storePath } == [
                PathInfo(
                    storePath: path,
                    narHash: try NixHash(parsing: "sha256-iCtmWPehcZUlSYWSHjJqR4yySwoXm/aYDr9HuJ3747s="),
                    narSize: 568, references: [path, dependency],
                    deriver: try StorePath(baseName: "nmp443pcl6kvwama11j4xplcabhzxl6w-selfref.drv"),
                    signatures: [try Signature(parsing: FakeCache.signature)]),
                PathInfo(
                    storePath: dependency,
                    narHash: try NixHash(parsing: "sha256-e9vJ5kB9nT7UCtxk10a+Y2a19Y7maMawKGYAi771cgI="), narSize: 120,
                    contentAddress: try ContentAddress(
                        parsing: "fixed:r:sha256:1m37dkpd15c9y86jbb2sp8681lfpm1k98iq9jk774xkjz8a1grsd")),
            ])
    }

    @Test("the form with the version around it is read too")
    func nestedForm() throws {
        let document = try parse(Self.version3)
        #expect(document.infos.count == 2)
        let signed = document.infos.first { !$0.signatures.isEmpty }
        #expect(signed?.signatures == [try Signature(parsing: FakeCache.signature)])
        #expect(document.infos.first { $0.contentAddress != nil }?.contentAddress?.method == .nar)
    }

    @Test(
        "missing paths are told apart in every form",
        arguments: [
            #"[{"path":"/nix/store/x","valid":false}]"#, #"{"/nix/store/x":null}"#,
            #"{"version":2,"storeDir":"/nix/store","info":{"/nix/store/x":null}}"#,
        ])
    func missing(text: String) throws {
        let document = try parse(text)
        #expect(document.infos.isEmpty)
        #expect(document.missing == ["/nix/store/x"])
    }

    @Test("a malformed signature is no reason not to push a path")
    func malformedSignature() throws {
        let text = Self.nix28.replacing("SIGNATURE", with: "nonsense")
        #expect(try parse(text).infos.first?.signatures == [])
    }

    @Test(
        "what is not known is refused by name",
        arguments: [
            (
                #"{"version":4,"storeDir":"/nix/store","info":{}}"#,
                "Your Nix prints path information in version 4 of its JSON form, and this version of niks3 knows 1 to 3: "
                    + "update niks3."
            ),
            (
                #"{"a":{"version":17}}"#,
                "Your Nix prints path information in version 17 of its JSON form, and this version of niks3 knows 1 to 3: "
                    + "update niks3."
            ),
            (
                #"{"a":{"version":2,"storeDir":"/gnu/store"}}"#,
                "`nix path-info` speaks of the store /gnu/store, but /nix/store was expected: set NIX_STORE_DIR to the "
                    + "store that holds the paths."
            ),
            (
                #"{"/nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep":{"narSize":1}}"#,
                "The answer of `nix path-info --json` cannot be read: /nix/store/xz5chdb2v5d0wy6bm00r5rwhkrrskrz5-dep has "
                    + "no narHash or no narSize. Update niks3, or report it."
            ),
            (
                "warning: something",
                "The answer of `nix path-info --json` cannot be read: It has a form that this version of niks3 does not "
                    + "know. Update niks3, or report it."
            ),
        ])
    func refused(text: String, message: String) {
        let error = #expect(throws: ClientError.self) { try parse(text) }
        #expect(error?.code == .unsupportedNix)
        #expect(error?.message == message)
    }
}
