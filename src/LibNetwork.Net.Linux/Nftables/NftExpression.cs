using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>One step of a rule as the kernel's virtual machine runs it. Immutable and compared by value.</summary>
/// <remarks>Registers are numbered 0 to 15, four bytes each. <see cref="object.ToString"/> gives the text of <c>nft --debug=netlink</c>.</remarks>
public abstract record NftExpression
{
    private protected NftExpression()
    {
    }

    /// <summary>The kernel's name for this kind of step.</summary>
    public abstract string Name { get; }

    /// <summary>Writes the attributes of the step.</summary>
    internal abstract void WriteAttributes(ref NetlinkMessageWriter writer);

    internal void Write(ref NetlinkMessageWriter writer)
    {
        NestedStart element = writer.BeginNested(NFTA_LIST_ELEM);
        writer.WriteString(NFTA_EXPR_NAME, Name);
        NestedStart data = writer.BeginNested(NFTA_EXPR_DATA);
        WriteAttributes(ref writer);
        writer.EndNested(data);
        writer.EndNested(element);
    }

    private protected static void WriteRegister(ref NetlinkMessageWriter writer, ushort attribute, int register)
        => writer.WriteAttributeBigEndian(attribute, NftRegister.ToWire(register));

    private protected static void WriteRegister(ref NetlinkMessageWriter writer, ushort attribute, int? register)
    {
        if (register is { } number)
        {
            WriteRegister(ref writer, attribute, number);
        }
    }

    private protected static void WriteData(ref NetlinkMessageWriter writer, ushort attribute, NftBytes value)
    {
        NestedStart nested = writer.BeginNested(attribute);
        writer.WriteAttribute(NFTA_DATA_VALUE, value.Span);
        writer.EndNested(nested);
    }

    private protected static string Print(int register) => NftRegister.ToWire(register).ToString();
}
