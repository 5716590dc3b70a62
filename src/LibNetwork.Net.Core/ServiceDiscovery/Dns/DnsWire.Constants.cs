namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>Sizes, offsets and flags of the message format (RFC 1035 section 4, RFC 6891).</summary>
internal static class DnsWire
{
    public const int HeaderBytes = 12;
    public const int FlagsOffset = 2;
    public const int QuestionCountOffset = 4;
    public const int AnswerCountOffset = 6;
    public const int AuthorityCountOffset = 8;
    public const int AdditionalCountOffset = 10;
    public const int QuestionTailBytes = 4;   // type and class
    public const int RecordTailBytes = 10;   // type, class, time to live, length

    public const int MaxNameBytes = 255;
    public const int MaxLabelBytes = 63;
    public const int MaxMessageBytes = 65535;
    public const int MinDatagramBytes = 512;   // what every client takes

    public const int OptRecordBytes = 11;

    public const ushort FlagResponse = 0x8000;
    public const ushort OpcodeMask = 0x7800;
    public const ushort FlagTruncated = 0x0200;
    public const ushort FlagRecursionDesired = 0x0100;
    public const ushort FlagRecursionAvailable = 0x0080;
    public const ushort FlagCheckingDisabled = 0x0010;
    public const ushort ResponseCodeMask = 0x000f;

    public const ushort ClassInternet = 1;
    public const ushort ClassAny = 255;

    public const byte PointerMask = 0xc0;
}
