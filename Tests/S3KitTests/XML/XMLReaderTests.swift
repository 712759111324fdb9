import Testing

@testable import S3Kit

@Suite struct XMLReaderTests {
    static func events(_ text: String, limits: XMLLimits = XMLLimits()) throws(XMLError) -> [XMLReader.Event] {
        var reader = try XMLReader(Array(text.utf8), limits: limits)
        var events: [XMLReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    static let accepted: [(String, [XMLReader.Event])] = [
        ("<a/>", [.start("a"), .end]),
        ("<a></a >\n", [.start("a"), .end]),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>", [.start("a"), .end]),
        ("<?xml version='1.0' encoding='utf-8' standalone='yes' ?><a/>", [.start("a"), .end]),
        ("\u{FEFF}<?xml version=\"1.1\"?><a>é</a>", [.start("a"), .text("é"), .end]),
        ("<a xmlns=\"http://s3/\" x:y = 'q\"&gt;' />", [.start("a"), .end]),
        ("<s:a><b-1.c/></s:a>", [.start("a"), .start("b-1.c"), .end, .end]),
        ("<a>x<b>y</b>z</a>", [.start("a"), .text("x"), .start("b"), .text("y"), .end, .text("z"), .end]),
        ("<a>&lt;&amp;&gt;&quot;&apos;</a>", [.start("a"), .text("<&>\"'"), .end]),
        ("<a>&#65;&#x42;&#x1F600;&#x1;&#13;</a>", [.start("a"), .text("AB😀\u{1}\r"), .end]),
        ("<a>1\r\n2\r3\n\t</a>", [.start("a"), .text("1\n2\n3\n\t"), .end]),
        ("<a>]]> --> '\"</a>", [.start("a"), .text("]]> --> '\""), .end]),
    ]

    @Test(arguments: accepted)
    func reads(text: String, expected: [XMLReader.Event]) throws {
        #expect(try Self.events(text) == expected)
    }

    static let refused: [(String, String)] = [
        ("", "there is no element (at byte 0)"),
        ("  ", "there is no element (at byte 2)"),
        ("x<a/>", "text comes before the root element (at byte 0)"),
        ("<a/>x", "something follows the end of the root element (at byte 4)"),
        ("<a/><b/>", "something follows the end of the root element (at byte 4)"),
        ("<a>", "the text ends inside of an element (at byte 3)"),
        ("<a", "a tag is not closed (at byte 2)"),
        ("<", "the text ends inside of a tag (at byte 0)"),
        ("<a></b>", "an end tag does not match its start tag (at byte 6)"),
        ("<a></aa>", "an end tag does not match its start tag (at byte 7)"),
        ("<a></a", "an end tag is not closed (at byte 6)"),
        ("<1/>", "a name is missing (at byte 1)"),
        ("<a b/>", "an attribute has no value (at byte 4)"),
        ("<a b=c/>", "an attribute's value is not quoted (at byte 5)"),
        ("<a b='c/>", "an attribute's value is not closed (at byte 9)"),
        ("<a b='<'/>", "a text holds a character that XML does not allow (at byte 6)"),
        ("<a b='1'c='2'/>", "a tag is not closed (at byte 8)"),
        ("<!DOCTYPE a><a/>", "document types, comments and CDATA sections are not taken (at byte 0)"),
        (
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "document types, comments and CDATA sections are not taken (at byte 0)"
        ),
        ("<a><!-- --></a>", "document types, comments and CDATA sections are not taken (at byte 3)"),
        ("<a><![CDATA[x]]></a>", "document types, comments and CDATA sections are not taken (at byte 3)"),
        ("<a><?php ?></a>", "processing instructions are not taken (at byte 3)"),
        ("<?xml-stylesheet href='x'?><a/>", "processing instructions are not taken (at byte 0)"),
        (" <?xml version='1.0'?><a/>", "processing instructions are not taken (at byte 1)"),
        ("<?xml version='2.0'?><a/>", "the version of XML is not 1 (at byte 19)"),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", "the encoding is not UTF-8 (at byte 37)"),
        ("<a>&x;</a>", "an entity is neither predefined nor numeric (at byte 3)"),
        ("<a>&#0;</a>", "an entity is neither predefined nor numeric (at byte 3)"),
        ("<a>&#xD800;</a>", "an entity is neither predefined nor numeric (at byte 3)"),
        ("<a>&#+65;</a>", "an entity is neither predefined nor numeric (at byte 3)"),
        ("<a>&#x110000;</a>", "an entity is neither predefined nor numeric (at byte 3)"),
        ("<a>&amp</a>", "a reference is not closed (at byte 3)"),
        ("<a>\u{1}</a>", "a text holds a character that XML does not allow (at byte 3)"),
    ]

    @Test(arguments: refused)
    func refuses(text: String, message: String) {
        let error = #expect(throws: XMLError.self) { try Self.events(text) }
        #expect(error?.description == message)
    }

    @Test func refusesBytesThatAreNotUTF8() {
        let error = #expect(throws: XMLError.self) {
            var reader = try XMLReader(Array("<a>".utf8) + [0xC3, 0x28] + Array("</a>".utf8))
            while try reader.next() != nil {}
        }
        #expect(error?.reason == "a text is not UTF-8")
    }

    static let small = XMLLimits(size: 100, depth: 3, nameLength: 4, textLength: 8, attributes: 2)

    @Test(arguments: [
        ("<a><b><c/></b></a>", nil), ("<a><b><c><d/></c></b></a>", "elements are nested more than 3 deep"),
        ("<abcd/>", nil), ("<abcde/>", "a name is longer than 4 bytes"),
        ("<a>12345678</a>", nil), ("<a>123456789</a>", "a text is longer than 8 bytes"),
        ("<a>&amp;&lt;</a>", "a text is longer than 8 bytes"),
        ("<a b='1' c='2'/>", nil), ("<a b='1' c='2' d='3'/>", "an element has more than 2 attributes"),
        ("<a b='123456789'/>", "a text is longer than 8 bytes"),
        ("<a>" + String(repeating: "<b/>", count: 23) + "</a>", nil),
        ("<a>" + String(repeating: "<b/>", count: 24) + "</a>", "the text is longer than 100 bytes"),
    ])
    func keepsToItsLimits(text: String, reason: String?) {
        do throws(XMLError) {
            _ = try Self.events(text, limits: Self.small)
            #expect(reason == nil)
        } catch {
            #expect(error.reason == reason)
        }
    }

    @Test func skipsWhatNobodyReads() throws {
        let text = "<r><x><y>1</y>2</x><n> <deep><er/></deep></n><v>3</v></r>"
        var seen: [String] = []
        try XMLReader.read(Array(text.utf8), root: "r") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                seen.append(name)
                if name == "v" { seen.append(try reader.text()) }
            }
        }
        #expect(seen == ["x", "n", "v", "3"])
    }
}
