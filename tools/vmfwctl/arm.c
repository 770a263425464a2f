// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl arm, cancel, revert, disable */
#include "vmfwctl.h"

int cmd_arm(int argc, char **argv)
{
	int ret;

	(void)argc;
	(void)argv;
	ret = fw_present();
	if (!ret)
		ret = fw_write("arm", "1", "arming the staged image",
			       "`vmfwctl status` shows where it stands; stage an image with `vmfwctl stage FILE`");
	if (ret)
		return ret;
	cvm_out_string("state", "State", "armed");
	cvm_out_string(NULL, "Next", "reboot: the next reset starts the image");
	return CVM_OK;
}

int cmd_cancel(int argc, char **argv)
{
	int ret;

	(void)argc;
	(void)argv;
	ret = fw_present();
	if (!ret)
		ret = fw_write("arm", "0", "taking the image back",
			       "`vmfwctl disable` makes the hypervisor ignore it until the next reset");
	if (ret)
		return ret;
	cvm_out_string("state", "State", fw_text("state"));
	return CVM_OK;
}

int cmd_revert(int argc, char **argv)
{
	int ret;

	(void)argc;
	(void)argv;
	ret = fw_present();
	if (!ret)
		ret = fw_write("revert", "1", "returning to the hypervisor's own firmware",
			       "`vmfwctl status` shows which interface there is, and where it stands");
	if (ret)
		return ret;
	cvm_out_string("state", "State", fw_text("state"));
	cvm_out_string(NULL, "Next", "reboot: the next reset starts the hypervisor's own firmware");
	return CVM_OK;
}

int cmd_disable(int argc, char **argv)
{
	int ret;

	(void)argc;
	(void)argv;
	ret = fw_present();
	if (!ret)
		ret = fw_write("disable", "1", "disabling firmware updates",
			       "the kernel's log may say more");
	if (ret)
		return ret;
	cvm_out_string("state", "State", fw_text("state"));
	return CVM_OK;
}
