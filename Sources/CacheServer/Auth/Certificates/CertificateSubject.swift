import SwiftASN1
import X509

/// The subject of a certificate as text (RFC 2253): the most specific part first, as `CN=ci,OU=x,O=Acme`.
enum CertificateSubject {
    /// The types that have a name; others are written by their numbers. Besides those of RFC 2253, 2.3, the two that
    /// Go writes by name.
    private static let names: [ASN1ObjectIdentifier: String] = [
        [2, 5, 4, 3]: "CN", [2, 5, 4, 7]: "L", [2, 5, 4, 8]: "ST", [2, 5, 4, 10]: "O", [2, 5, 4, 11]: "OU",
        [2, 5, 4, 6]: "C", [2, 5, 4, 9]: "STREET", [0, 9, 2342, 19_200_300, 100, 1, 25]: "DC",
        [0, 9, 2342, 19_200_300, 100, 1, 1]: "UID", [2, 5, 4, 5]: "SERIALNUMBER", [2, 5, 4, 17]: "POSTALCODE",
    ]

    /// The text of a name. Certificates hold the least specific part first; parts of several attributes are joined
    /// by `+`.
    static func text(of name: DistinguishedName) -> String {
        name.reversed().map { part in part.map { text(of: $0) }.joined(separator: "+") }.joined(separator: ",")
    }

    private static func text(of attribute: RelativeDistinguishedName.Attribute) -> String {
        if let name = names[attribute.type], let value = String(attribute.value) {
            return "\(name)=\(escaped(value))"
        }
        // A value of a type without a name has no text of its own either (RFC 2253, 2.4).
        var serializer = DER.Serializer()
        try? serializer.serialize(ASN1Any(attribute.value))
        let digits = serializer.serializedBytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }
        return "\(names[attribute.type] ?? "\(attribute.type)")=#\(digits.joined())"
    }

    /// Whoever names himself `x,O=Acme` must not be taken for somebody of Acme.
    private static func escaped(_ value: String) -> String {
        var text = ""
        let scalars = Array(value.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isEdge = index == 0 || index == scalars.count - 1
            switch scalar {
            case ",", "+", "\"", "\\", "<", ">", ";": text += "\\"
            case " " where isEdge: text += "\\"
            case "#" where index == 0: text += "\\"
            case "\0"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "\\" + (digits.count == 1 ? "0" : "") + digits
                continue
            default: break
            }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
