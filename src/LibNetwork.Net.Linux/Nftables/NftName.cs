using System.Text;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>The kernel's limits on names.</summary>
internal static class NftName
{
    public static void Check(string name, string parameter) => Check(name, parameter, NFT_NAME_MAXLEN - 1);

    public static void CheckInterface(string name) => Check(name, nameof(name), IFNAMSIZ - 1);

    public static void CheckComment(string? comment, string parameter)
    {
        if (comment is not null)
        {
            Check(comment, parameter, NFTNL_UDATA_COMMENT_MAXLEN - 1);
        }
    }

    public static void Check(string name, string parameter, int maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        int length = Encoding.UTF8.GetByteCount(name);
        if (length > maxBytes)
        {
            throw new ArgumentException($"\"{name}\" has {length} bytes; at most {maxBytes} are allowed.", parameter);
        }

        if (name.Contains('\0'))
        {
            throw new ArgumentException("A zero byte is not allowed.", parameter);
        }
    }
}
